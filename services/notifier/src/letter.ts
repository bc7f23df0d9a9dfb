import type { Letterhead } from '@mentorline/store';

/** One part of a letter. Text and HTML are written from the same parts, so they cannot say different things. */
export type LetterPart =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly title: string; readonly items: readonly string[] }
  | {
      readonly kind: 'facts';
      readonly title: string;
      readonly facts: readonly { readonly name: string; readonly value: string }[];
    }
  | {
      readonly kind: 'table';
      readonly title: string;
      /** `number` columns align to the right. */
      readonly columns: readonly { readonly name: string; readonly type: 'number' | 'text' }[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'link'; readonly label: string; readonly url: string }
  /** What the reader is to do: a link that stands out. */
  | { readonly kind: 'action'; readonly label: string; readonly url: string };

/** A letter before it is text or HTML: every string is one line of plain characters. */
export interface Letter {
  readonly letterhead: Letterhead;
  readonly heading: string;
  /** How it went, for the eye. */
  readonly tone: 'good' | 'mixed' | 'bad';
  readonly parts: readonly LetterPart[];
  readonly footer: string;
}
