import { formatDate, formatTime, zoneLabel } from '@mentorline/domain';
import type { LetterPart } from './letter.ts';
import { plainLine } from './plain-line.ts';

/** What a name of a person or an organisation may take in a mail. */
export const LONGEST_NAME = 100;

export function paragraph(text: string): LetterPart {
  return { kind: 'paragraph', text };
}

/** None for somebody without a name. */
export function greeting(recipientName: string): LetterPart[] {
  const name = plainLine(recipientName, LONGEST_NAME);
  return name ? [paragraph(`Hello ${name},`)] : [];
}

/** `15:00 IST on 14-06-2027` */
export function momentText(moment: Date, timeZone: string): string {
  const at = moment.getTime();
  return `${formatTime(at, timeZone)} ${zoneLabel(timeZone)} on ${formatDate(at, timeZone)}`;
}
