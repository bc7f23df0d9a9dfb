import { startStopwatch } from '@mentorline/runtime';
import { isUnavailable, type Mail, newId, type SentMail, type Store } from '@mentorline/store';
import { workTogether } from './work-together.ts';

/** A mail in this notifier's hands. */
export interface ClaimedMail {
  readonly mail: Mail;
  /** Of its lease. */
  readonly owner: string;
  /** Milliseconds since the lease was asked for: it lasts so much less. */
  readonly heldMs: () => number;
}

/**
 * Many mails a second are claimed and noted some ten at a time. It costs a mail a moment, and the longer a mail is with the
 * relay and not noted, the likelier a process that is killed leaves a second copy behind.
 */
const TOGETHER_MS = 50;

/**
 * The outbox as a notifier uses it that has many mails in hand: those called for at the same time are claimed together,
 * and those sent at the same time noted together.
 */
export function openOutbox({ mails }: { mails: Store['mails'] }, leaseMs: number) {
  return {
    /** @returns `undefined` for a mail that is sent, not due or in somebody's hands */
    claim: workTogether(TOGETHER_MS, async (ids: readonly string[]): Promise<(ClaimedMail | undefined)[]> => {
      const owner = newId();
      const heldMs = startStopwatch();
      const claim = (): Promise<Map<string, Mail>> => mails.claimMails(ids, owner, leaseMs);
      // What it has taken would else wait for the lease to run out: the driver does not try updates of many again.
      const claimed = await claim().catch((error) => {
        if (isUnavailable(error)) return claim();
        throw error;
      });
      return ids.map((id) => {
        const mail = claimed.get(id);
        // One that was called for twice is handed out once.
        claimed.delete(id);
        return mail && { mail, owner, heldMs };
      });
    }),

    /** @returns whether it could be: not when the lease was lost meanwhile */
    noteSent: workTogether(TOGETHER_MS, async (sent: readonly SentMail[]): Promise<boolean[]> => {
      const noted = await mails.noteSent(sent);
      return sent.map(({ id }) => noted.has(id));
    }),
  };
}

export type Outbox = ReturnType<typeof openOutbox>;
