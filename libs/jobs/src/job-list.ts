import { type Static, Type } from 'typebox';

const Id = Type.String({ pattern: '^[0-9a-f]{24}$' });

/**
 * Every kind of job, declared once: its queue and what its data must look like (ids only; the truth is in MongoDB).
 * A job is a wake-up call. It is tried once: what it was to do still waits in MongoDB when it fails, with the time
 * of the next try, and the dispatcher calls again.
 */
export const JOBS = {
  // The import named is one that waits; which one is taken is for the order of turns to say.
  'run-import': { queue: 'imports', payload: Type.Object({ importId: Id }, { additionalProperties: false }) },
  'run-shard': {
    queue: 'imports',
    payload: Type.Object(
      { importId: Id, shard: Type.Integer({ minimum: 0 }) },
      { additionalProperties: false },
    ),
  },
  'send-mail': { queue: 'mails', payload: Type.Object({ mailId: Id }, { additionalProperties: false }) },
} as const;

export type JobName = keyof typeof JOBS;
export type JobPayload<Name extends JobName> = Static<(typeof JOBS)[Name]['payload']>;
export type QueueName = (typeof JOBS)[JobName]['queue'];

export const QUEUE_NAMES = [...new Set(Object.values(JOBS).map(({ queue }) => queue))];
