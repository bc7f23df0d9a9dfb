import type { Letterhead, SessionLetter, SessionMailKind } from '@mentorline/store';
import type { Attachment } from './attach-report.ts';
import type { ReportFacts } from './gather-report.ts';
import type { Mailbox } from './mailbox.ts';
import { type AccountFacts, renderAccountMail } from './render-account.ts';
import { renderReport } from './render-report.ts';
import { renderSession } from './sessions/render-session.ts';
import { sessionEvent } from './sessions/session-event.ts';

/** A mail before it is written: all that it is made of, as plain data that can go to another thread. */
export interface Draft {
  readonly messageId: string;
  readonly date: Date;
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly tells: Tells;
}

/** What a mail tells. */
export type Tells =
  | {
      readonly of: 'import';
      readonly facts: ReportFacts;
      readonly letterhead: Letterhead;
      readonly importsUrl: string;
      readonly attachment: Attachment | null;
    }
  | {
      readonly of: 'account';
      readonly facts: AccountFacts;
      readonly letterhead: Letterhead;
      readonly publicUrl: string;
    }
  | {
      readonly of: 'session';
      readonly kind: SessionMailKind;
      readonly letter: SessionLetter;
      readonly letterhead: Letterhead;
      /** Right-hand side of the UID of its event. */
      readonly mailDomain: string;
      readonly unsubscribeUrl: string | null;
    };

/** An event that a calendar takes from the mail (RFC 6047). */
export interface CalendarPart {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly content: string;
}

/** What stands in a mail. */
export interface Content {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachment?: Attachment | null;
  readonly calendar?: CalendarPart | null;
  /** Where the recipient ends such mails with one click (RFC 8058). */
  readonly unsubscribeUrl?: string | null;
}

/** Equal drafts give equal contents, whenever and wherever they are written. */
export function renderDraft({ tells, from, to, date }: Draft): Content {
  switch (tells.of) {
    case 'import': {
      const { facts, letterhead, importsUrl, attachment } = tells;
      const attachmentName = attachment?.fileName ?? null;
      const setting = { letterhead, recipientName: to.name, importsUrl, attachmentName };
      return { ...renderReport(facts, setting), attachment };
    }
    case 'account': {
      const { facts, letterhead, publicUrl } = tells;
      return renderAccountMail(facts, { letterhead, recipient: to, publicUrl });
    }
    case 'session': {
      const { kind, letter, letterhead, mailDomain, unsubscribeUrl } = tells;
      return {
        ...renderSession(kind, letter, { letterhead, recipientName: to.name, unsubscribeUrl }),
        calendar: sessionEvent(kind, letter, { to, date, letterhead }, { from, domain: mailDomain }),
        unsubscribeUrl,
      };
    }
  }
}
