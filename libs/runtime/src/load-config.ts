import type { Static, TObject, TProperties } from 'typebox';
import { Value } from 'typebox/value';
import { CannotStart } from './cannot-start.ts';

/** The environment cannot be used; `message` lists every fault at once, one a line. */
export class ConfigError extends CannotStart {
  constructor(service: string, faults: readonly string[]) {
    super(
      `${service} cannot start; its environment needs mending:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Reads a service's environment once: defaults, conversion from text, types, then rules across fields.
 * Blank variables count as not set, as shells and compose files leave them.
 * @returns a frozen object with exactly the schema's properties
 * @throws ConfigError naming every variable at fault
 */
export function loadConfig<Schema extends TObject<TProperties>>(
  service: string,
  schema: Schema,
  environment: NodeJS.ProcessEnv,
  rules: (config: Static<Schema>) => string[] = () => [],
): Readonly<Static<Schema>> {
  const given = Object.fromEntries(
    Object.keys(schema.properties).flatMap((name) => {
      const text = environment[name]?.trim();
      return text ? [[name, text]] : [];
    }),
  );
  const config = Value.Convert(schema, Value.Default(schema, { ...given })) as Record<string, unknown>;
  for (const [name, text] of Object.entries(given)) {
    // Conversion cuts 80.5 to the integer 80 without a word.
    if (typeof config[name] === 'number' && config[name] !== Number(text)) config[name] = text;
  }
  if (!Value.Check(schema, config)) {
    const messages = new Map<string, string>();
    for (const fault of Value.Errors(schema, config)) {
      const missing =
        fault.keyword === 'required'
          ? (fault.params as { requiredProperties: string[] }).requiredProperties
          : [];
      for (const name of missing) messages.set(name, `${name} is not set${hint(schema, name)}`);
      const name = fault.instancePath.slice(1);
      if (name) messages.set(name, `${name}=${shown(given[name])}: ${fault.message}${hint(schema, name)}`);
    }
    throw new ConfigError(service, [...messages.values()]);
  }
  const faults = rules(config);
  if (faults.length > 0) throw new ConfigError(service, faults);
  return Object.freeze(config);
}

/** Without the user and password of a URL: the message may end in a log. */
function shown(text: string | undefined): string | undefined {
  return text?.replace(/:\/\/.*@/u, '://…@');
}

function hint(schema: TObject<TProperties>, name: string): string {
  const { description } = (schema.properties[name] ?? {}) as { description?: string };
  return description ? ` (${description})` : '';
}
