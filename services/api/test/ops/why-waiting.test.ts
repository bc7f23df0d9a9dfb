import t from 'tap';
import { type Surroundings, type Wait, whyWaiting } from '../../src/ops/why-waiting.ts';

const ALIVE = { silentMs: 1_000, draining: false };
const AROUND: Surroundings = { importers: [ALIVE], queuePaused: false, hasNoPlace: false };
const FREE = { lease: null, leaseMs: null, cancelRequestedAt: null };
const held = (owner: string, leaseMs: number) => ({
  ...FREE,
  leaseMs,
  lease: { owner, until: new Date() },
});

const CASES: readonly [string, Wait, Parameters<typeof whyWaiting>[0], Partial<Surroundings>][] = [
  ['an importer holds it', 'working', held('6657f1f77bcf86cd79943902', 5_000), {}],
  ['an importer holds it, whatever else is the matter', 'working', held('a', 5_000), { importers: [] }],
  ['its importer let the lease run out', 'worker-lost', held('a', -1), {}],
  ['an attempt failed, and the next is to come later', 'pause', held('nobody', 2_000), {}],
  ['the pause after an attempt is over', 'next', held('nobody', -1), {}],
  ['no importer was ever there', 'no-importer', FREE, { importers: [] }],
  ['all importers have gone silent', 'no-importer', FREE, { importers: [{ ...ALIVE, silentMs: 60_000 }] }],
  ['all importers drain', 'draining', FREE, { importers: [{ ...ALIVE, draining: true }] }],
  ['one of two importers drains', 'next', FREE, { importers: [{ ...ALIVE, draining: true }, ALIVE] }],
  ['Redis is away', 'redis-away', FREE, { queuePaused: undefined }],
  ['the queue is paused', 'queue-paused', FREE, { queuePaused: true }],
  ['two of its organisation run', 'turn', FREE, { hasNoPlace: true }],
  [
    'it is to be cancelled, which takes no place',
    'next',
    { ...FREE, cancelRequestedAt: new Date() },
    { hasNoPlace: true },
  ],
  ['nothing is in its way', 'next', FREE, {}],
];

for (const [title, expected, found, around] of CASES) {
  t.test(`${title}: ${expected}`, async (t) => {
    t.equal(whyWaiting(found, { ...AROUND, ...around }), expected);
  });
}
