import type { DraftField } from './draft.ts';
import { optionKey, splitValues } from './option.ts';
import type { CurrentSession, SessionChange } from './session-change.ts';

/**
 * The fields whose cells say what is stored. They ask for nothing, and count as blank even where today's readers
 * would refuse them: a value that no field of today allows any more stands until somebody changes it.
 */
export function repeatedFields(current: CurrentSession, { written }: SessionChange): Set<DraftField> {
  const fields = [...(written ?? [])].filter(([field, text]) => isRepeated(current, field, text));
  return new Set(fields.map(([field]) => field));
}

export function withoutFields(change: SessionChange, fields: ReadonlySet<DraftField>): SessionChange {
  const stays = (field: string) => !fields.has(field as DraftField);
  const custom = Object.entries(change.custom ?? {}).filter(([name]) => stays(`custom.${name}`));
  return {
    ...Object.fromEntries(Object.entries(change).filter(([key]) => stays(key))),
    ...(stays('mentees') ? {} : { menteeCount: undefined }),
    custom: Object.fromEntries(custom),
    unread: new Set([...(change.unread ?? [])].filter(stays)),
  };
}

function isRepeated(current: CurrentSession, field: DraftField, text: string): boolean {
  switch (field) {
    case 'title':
    case 'description':
      return text === current[field];
    case 'mentor':
      return text.toLowerCase() === current.mentor.email.toLowerCase();
    case 'mentees':
      return isSameList(
        splitValues(text.toLowerCase()),
        current.mentees.map(({ email }) => email.toLowerCase()),
      );
    case 'recommendedFor':
    case 'categories':
    case 'medium':
      return isSameList(optionParts([text]), optionParts(current[field]));
    default:
      return (
        field.startsWith('custom.') && isRepeatedCustom(current.custom, field.slice('custom.'.length), text)
      );
  }
}

function isRepeatedCustom(custom: CurrentSession['custom'], name: string, text: string): boolean {
  return Object.hasOwn(custom, name) && text === String(custom[name]);
}

/** A label with a separator in it stands in a cell as if it were two; a cell may also show the value made of it. */
function optionParts(texts: readonly string[]): string[] {
  return texts.flatMap((text) => splitValues(text.replaceAll('_', ' '))).map(optionKey);
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted());
}
