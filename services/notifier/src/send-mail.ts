import { setTimeout as sleep } from 'node:timers/promises';
import {
  annotate,
  holdLease,
  LeaseLost,
  type Logger,
  SECOND_MS,
  SpanKind,
  startStopwatch,
  traced,
} from '@mentorline/runtime';
import { isAskedFor, isUnavailable, type Mail, type Store } from '@mentorline/store';
import type { Connections } from './connections.ts';
import type { Tells } from './draft.ts';
import type { Mailbox } from './mailbox.ts';
import type { Delivery, Mailer, Message } from './mailer.ts';
import { type MakingDeps, makeMail } from './make-mail.ts';
import type { AttemptOutcome, NotifierMetrics } from './metrics.ts';
import { nextAttempt } from './next-attempt.ts';
import type { ClaimedMail, Outbox } from './outbox.ts';

export interface MailDeps extends MakingDeps {
  readonly store: MakingDeps['store'] & Pick<Store, 'mails' | 'users'>;
  readonly outbox: Outbox;
  readonly mailer: Pick<Mailer, 'write' | 'send'>;
  readonly from: Mailbox;
  readonly connections: Connections;
  readonly logger: Logger;
  readonly metrics: NotifierMetrics;
  readonly leaseMs: number;
  /** 0 to 1. */
  readonly random: () => number;
}

/**
 * Sends a mail that is due: claim, gather, render, hand to the relay, note what came of it. A mail that is sent, not
 * due or in another notifier's hands is left alone. It is sent at least once, and twice only as identical copies:
 * when this process ends, or loses its lease, between the relay's yes and the note of it.
 * Does not throw for what may pass: the mail then waits for its next attempt.
 */
export async function sendMail(deps: MailDeps, mailId: string, stop: AbortSignal): Promise<void> {
  const claimed = await deps.outbox.claim(mailId);
  if (!claimed) return;
  const { kind, attempts, cause } = claimed.mail;
  const attributes = { 'mentorline.mail': mailId, 'mentorline.kind': kind, 'mentorline.attempt': attempts };
  await traced('mail', { of: cause?.trace ?? null, attributes }, () => sendClaimed(deps, claimed, stop));
}

async function sendClaimed(deps: MailDeps, claimed: ClaimedMail, stop: AbortSignal): Promise<void> {
  const { mails } = deps.store;
  const { mail, owner } = claimed;
  const { id: mailId } = mail;
  let { heldMs } = claimed;
  const logger = deps.logger.child({
    mailId,
    kind: mail.kind,
    importId: mail.importId,
    requestId: mail.cause?.requestId,
    sessionId: mail.session?.sessionId ?? null,
    attempt: mail.attempts,
  });
  const renew = async (): Promise<boolean> => {
    const sinceAsked = startStopwatch();
    const held = await mails.renewMailLease(mailId, owner, deps.leaseMs);
    if (held) heldMs = sinceAsked;
    return held;
  };
  // The beat may be late, as a whole machine can stand still; nothing is sent on a lease that may have run out meanwhile.
  const requireLease = async (): Promise<void> => {
    if (heldMs() > deps.leaseMs / 2 && !(await renew())) throw new LeaseLost();
  };
  const lease = holdLease(renew, deps.leaseMs / 3);
  try {
    const delivery = await deliver(deps, claimed, requireLease, AbortSignal.any([stop, lease.signal]));
    if (delivery.outcome === 'accepted') {
      const { answer } = delivery;
      await noteSent({ ...deps, logger }, mail, { owner, answer }, lease.signal);
    } else await settle({ ...deps, logger }, mail, owner, delivery);
  } catch (error) {
    if (error instanceof LeaseLost) return logger.warn('another notifier has taken the mail over');
    if (stop.aborted) {
      await mails.putBack(mailId, owner);
      return;
    }
    logger[isUnavailable(error) ? 'warn' : 'error']({ err: error }, 'mail could not be made');
    const reason = error instanceof Error ? error.message : String(error);
    await settle({ ...deps, logger }, mail, owner, { outcome: 'deferred', reason, code: 'INTERNAL_ERROR' });
  } finally {
    lease.release();
  }
}

/**
 * More mails are in hand than there are connections, so that none of these waits for the next to be made.
 * @throws LeaseLost, and what `signal` aborts with, but never once the relay has the mail
 */
async function deliver(
  deps: MailDeps,
  { mail, owner }: ClaimedMail,
  requireLease: () => Promise<void>,
  signal: AbortSignal,
): Promise<Delivery> {
  const { from, mailer, metrics, store } = deps;
  const { messageId, lighterId, date, to } = mail;
  const write = (tells: Tells, id = messageId): Promise<Message> =>
    mailer.write({ messageId: id, date, from, to, tells });
  const make = async () => {
    const endTimer = metrics.making.startTimer();
    const made = await traced('make mail', {}, async () => {
      const mailMade = await makeMail(deps, mail, signal);
      if (mailMade.outcome !== 'made') return mailMade;
      const { outcome, tells, lighter } = mailMade;
      return lighter && lighterId
        ? { outcome, message: await write(lighter, lighterId), lighter: null }
        : { outcome, message: await write(tells), lighter };
    });
    endTimer();
    return made;
  };
  const send = async (message: Message): Promise<Delivery> => {
    await requireLease();
    signal.throwIfAborted();
    return handOver(deps, message);
  };
  // A report may be large: only those being sent are held in memory.
  const ahead = mail.kind === 'import-report' ? undefined : await make();
  const sinceMade = startStopwatch();
  return deps.connections(signal, mail.priority ?? 0, async () => {
    // Behind a slow relay it may have waited until it is good for nobody any more.
    const made = ahead && sinceMade() < FRESH_MS ? ahead : await make();
    if (made.outcome !== 'made') return made;
    const delivery = await send(made.message);
    // Many relays take less than we attach; the link in the mail then has to do.
    if (delivery.outcome !== 'too-large' || !made.lighter) return delivery;
    const id = lighterIdOf(messageId);
    if (!(await store.mails.noteLighter(mail.id, owner, id))) throw new LeaseLost();
    return send(await write(made.lighter, id));
  });
}

/**
 * Another message has another Message-ID: a relay that did not answer an earlier try may have passed on the one with the
 * attachment.
 */
function lighterIdOf(messageId: string): string {
  return messageId.replace('@', '.lighter@');
}

async function handOver(
  { mailer, metrics }: Pick<MailDeps, 'mailer' | 'metrics'>,
  message: Message,
): Promise<Delivery> {
  const endTimer = metrics.smtp.startTimer();
  return traced('smtp', { kind: SpanKind.CLIENT }, async () => {
    const delivery = await mailer.send(message);
    endTimer({ outcome: delivery.outcome });
    annotate({ 'mentorline.outcome': delivery.outcome });
    return delivery;
  });
}

/**
 * The relay has the mail: nothing but that may be noted now, however long the database is away. Were another outcome
 * noted, a second copy would be certain.
 */
async function noteSent(
  { store, outbox, logger, metrics }: MailDeps,
  mail: Mail,
  sent: { owner: string; answer: string },
  leaseLost: AbortSignal,
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      const noted = await outbox.noteSent({ id: mail.id, ...sent });
      if (isAskedFor(mail) && (await store.suppressions.liftBounce(mail.to.address))) {
        logger.info('the address takes mails again');
      }
      metrics.attempts.inc({ kind: mail.kind, outcome: 'sent' });
      metrics.delay.observe({ kind: mail.kind }, (Date.now() - mail.date.getTime()) / SECOND_MS);
      return noted ? logger.info('mail sent') : logger.warn('mail sent, and taken over meanwhile');
    } catch (error) {
      if (leaseLost.aborted) throw new LeaseLost();
      logger.warn({ err: error }, 'mail sent, but that cannot be noted; trying again');
      await sleep(pauseMs);
    }
  }
}

async function settle(
  { store, logger, now, random, metrics }: MailDeps,
  mail: Mail,
  owner: string,
  delivery: Exclude<Delivery, { outcome: 'accepted' }>,
): Promise<void> {
  const outcome = outcomeOf(mail, delivery, now(), random());
  if (delivery.outcome === 'refused' && delivery.noMailbox) {
    const user = await store.users.findUserByEmail(mail.to.address);
    if (user) await store.suppressions.noteBounce(user, now());
  }
  if (!(await store.mails.settleMail(mail.id, owner, outcome))) {
    return logger.warn('another notifier has taken the mail over');
  }
  const { code } = delivery;
  const became = attemptOutcome(outcome.status, code);
  metrics.attempts.inc({ kind: mail.kind, outcome: became });
  if (outcome.status === 'pending') {
    return logger.warn({ code, nextAttemptAt: outcome.nextAttemptAt }, 'mail not sent; trying again');
  }
  // Of a mailbox that does not exist nobody has to hear at night; what was to be sent no more is in order.
  const noMailbox = delivery.outcome === 'refused' && delivery.noMailbox === true;
  const level = outcome.isInOrder ? 'info' : noMailbox ? 'warn' : 'error';
  logger[level]({ code }, 'mail given up');
}

/** Of a mail that was not sent. */
function attemptOutcome(status: Outcome['status'], code: string): AttemptOutcome {
  if (status === 'pending') return 'retried';
  if (code === 'SUPPRESSED') return 'suppressed';
  return code === 'TOO_LATE' || code === 'LINK_EXPIRED' ? 'expired' : 'failed';
}

const FRESH_MS = 5 * SECOND_MS;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

type Outcome = Parameters<Store['mails']['settleMail']>[2];

function outcomeOf(
  mail: Mail,
  delivery: Exclude<Delivery, { outcome: 'accepted' }>,
  now: Date,
  random: number,
): Outcome {
  const nextAttemptAt =
    delivery.outcome === 'deferred' ? nextAttempt(mail, now.getTime(), random) : undefined;
  return nextAttemptAt
    ? { status: 'pending', error: delivery.reason, nextAttemptAt, firstTriedAt: mail.firstTriedAt ?? now }
    : {
        ...{ status: 'failed', error: delivery.reason, suppressed: delivery.code === 'SUPPRESSED' },
        isInOrder: attemptOutcome('failed', delivery.code) !== 'failed',
      };
}
