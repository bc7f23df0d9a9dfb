import type { AccountLetter, Letterhead } from '@mentorline/store';
import type { Letter } from './letter.ts';
import { greeting, LONGEST_NAME, momentText, paragraph } from './letter-parts.ts';
import { organisationLine } from './letterhead.ts';
import { plainLine } from './plain-line.ts';
import { writeHtml } from './write-html.ts';
import { writeText } from './write-text.ts';

export interface AccountFacts extends Omit<AccountLetter, 'token'> {
  readonly kind: 'invitation' | 'password-reset';
  readonly token: string;
}

/** The mail that brings a link to set a password. Equal facts give equal texts, whenever and wherever they are written. */
export function renderAccountMail(
  facts: AccountFacts,
  setting: {
    readonly letterhead: Letterhead;
    readonly recipient: { name: string; address: string };
    readonly publicUrl: string;
  },
): { subject: string; text: string; html: string } {
  const { letterhead, recipient, publicUrl } = setting;
  const { subject, reason, sentences, label, footer } = WORDS[facts.kind](
    facts,
    organisationLine(letterhead),
  );
  const letter: Letter = {
    letterhead,
    heading: subject,
    tone: 'good',
    parts: [
      ...greeting(recipient.name),
      paragraph(reason),
      {
        kind: 'action',
        label,
        // Behind the #, which no browser sends: the token shows in no log and no Referer.
        url: `${publicUrl}/set-password#token=${encodeURIComponent(facts.token)}`,
      },
      paragraph(`The link is good once, until ${momentText(facts.expiresAt, facts.timeZone)}. ${sentences}`),
    ],
    footer: `${footer} Your account: ${plainLine(recipient.address, LONGEST_NAME)}.`,
  };
  return { subject, text: writeText(letter), html: writeHtml(letter) };
}

interface Words {
  subject: string;
  reason: string;
  label: string;
  sentences: string;
  footer: string;
}

const WORDS: Readonly<Record<AccountFacts['kind'], (facts: AccountFacts, organisation: string) => Words>> = {
  invitation({ invitedBy }, organisation) {
    const who = invitedBy === null ? 'An administrator' : plainLine(invitedBy, LONGEST_NAME);
    return {
      subject: `Your account at ${organisation}`,
      reason: `${who} has made an account for you at ${organisation}. Set a password, and sign in with it and this e-mail address.`,
      label: 'Set your password',
      sentences: 'Should it have run out, ask your administrator for a new one.',
      footer: `You receive this because an administrator of ${organisation} invited you.`,
    };
  },
  'password-reset'(_facts, organisation) {
    return {
      subject: 'Set a new password',
      reason: `Somebody, probably you, asked for a new password of your account at ${organisation}.`,
      label: 'Set a new password',
      sentences:
        'If it was not you, do nothing: your password stays as it is, and nobody else has got this link.',
      footer: 'You receive this because a new password was asked for.',
    };
  },
};
