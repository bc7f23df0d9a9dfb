import type { FieldFault } from '@mentorline/runtime';

/** A fault as TypeBox tells it. */
interface SchemaFault {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message?: string | undefined;
}

// Said better by the fault of the same field or of the object that holds it.
const UNHELPFUL = new Set(['boolean', 'anyOf']);

/** Nobody reads more, and an answer must not be many times as long as what was sent. */
export const MOST_FAULTS = 50;

/** The faults of a schema in the words of a problem document, one for each field that is wrong; the first of very many. */
export function schemaFaults(faults: readonly SchemaFault[]): FieldFault[] {
  const helpful = faults.filter(({ keyword }) => !UNHELPFUL.has(keyword));
  return (helpful.length > 0 ? helpful : faults).flatMap(faultsOf).slice(0, MOST_FAULTS);
}

function faultsOf({ keyword, instancePath, params, message = 'is not valid' }: SchemaFault): FieldFault[] {
  const under = (name: string) => `${instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  switch (keyword) {
    case 'required':
      return namesIn(params.requiredProperties).map((name) => ({
        pointer: under(name),
        code: 'FIELD_REQUIRED',
        message: `Mandatory field ${name} not filled`,
      }));
    case 'additionalProperties':
      return namesIn(params.additionalProperties).map((name) => ({
        pointer: under(name),
        code: 'FIELD_UNKNOWN',
        message: `There is no field ${name} here`,
      }));
    case 'enum':
      return [invalid(instancePath, `must be one of ${namesIn(params.allowedValues).join(', ')}`)];
    default:
      return [invalid(instancePath, message)];
  }
}

/** Whether nothing is wrong but that fields are missing. */
export function onlyMissing(faults: readonly SchemaFault[]): boolean {
  return faults.every(({ keyword, instancePath }) => keyword === 'required' && instancePath === '');
}

function invalid(pointer: string, message: string): FieldFault {
  return { pointer, code: 'FIELD_INVALID', message };
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
