import { type Import, isAskedFor, isSuppressed, type Mail, type Store } from '@mentorline/store';
import { attachReport } from './attach-report.ts';
import type { Tells } from './draft.ts';
import { gatherReport } from './gather-report.ts';
import type { Delivery } from './mailer.ts';
import type { AccountFacts } from './render-account.ts';
import { makeSessionMail } from './sessions/make-session-mail.ts';

export interface MakingDeps {
  store: Pick<Store, 'imports' | 'results' | 'files' | 'sessions' | 'suppressions' | 'mails'>;
  /** Without a slash at its end, as the next. */
  publicUrl: string;
  /** Under which an import is found by its id. */
  importsUrl: string;
  /** Right-hand side of the UID of events. */
  mailDomain: string;
  now: () => Date;
}

/** What a mail tells; `lighter` without what a relay may find too large. */
export type MadeMail =
  | { outcome: 'made'; tells: Tells; lighter: Tells | null }
  | Exclude<Delivery, { outcome: 'accepted' }>;

/**
 * Gathers what a mail tells, the same on every attempt; or says why it is to be made no more.
 * @throws what `signal` aborts with
 */
export async function makeMail(deps: MakingDeps, mail: Mail, signal: AbortSignal): Promise<MadeMail> {
  if (await isToSuppressed(deps, mail)) {
    return { outcome: 'refused', reason: 'the address is suppressed', code: 'SUPPRESSED' };
  }
  switch (mail.kind) {
    case 'import-report':
      return makeReport(deps, mail, signal);
    case 'invitation':
    case 'password-reset':
      return makeAccountMail(deps, mail.kind, mail);
    default:
      return makeSessionMail(deps, mail.kind, mail);
  }
}

async function isToSuppressed({ store }: MakingDeps, mail: Mail): Promise<boolean> {
  // Only reminders stay away even if somebody asks for them.
  if (isAskedFor(mail) && mail.kind !== 'session-reminder') return false;
  const { address } = mail.to;
  return isSuppressed((await store.suppressions.findSuppressed([address])).get(address), mail);
}

async function makeReport(deps: MakingDeps, mail: Mail, signal: AbortSignal): Promise<MadeMail> {
  const { store, importsUrl } = deps;
  const input: Import | undefined = mail.importId ? await store.imports.findImport(mail.importId) : undefined;
  if (!input) return { outcome: 'refused', reason: 'its import no longer exists', code: 'IMPORT_MISSING' };
  const { letterhead } = mail;
  const facts = await gatherReport(store, input, signal);
  const attachment = await attachReport(store, input, signal);
  const tells: Tells = { of: 'import', facts, letterhead, importsUrl, attachment };
  return { outcome: 'made', tells, lighter: attachment && { ...tells, attachment: null } };
}

function makeAccountMail(
  { publicUrl, now }: MakingDeps,
  kind: AccountFacts['kind'],
  { account, letterhead }: Mail,
): MadeMail {
  if (!account?.token || account.expiresAt <= now()) {
    return { outcome: 'refused', reason: 'its link has run out', code: 'LINK_EXPIRED' };
  }
  const facts = { ...account, kind, token: account.token };
  return { outcome: 'made', tells: { of: 'account', facts, letterhead, publicUrl }, lighter: null };
}
