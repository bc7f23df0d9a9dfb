import type { Import } from '@mentorline/store';
import {
  acceptFile,
  brokenPromises,
  createWorld,
  differences,
  type Fixtures,
  type RunningSuite,
  randomRows,
  serialWorld,
  sessionFile,
  waitFor,
} from '../src/index.ts';

const DAYS = 5;
/** Of a whole import, with all that is done to it on the way. */
const END_MS = 500_000;

export interface MixedImport {
  id: string;
  /** How many rows have their result. */
  rowsDone(): Promise<number>;
  /** Resolves when so many rows have their result, or all that it will ever get. */
  rowsAre(atLeast: number): Promise<void>;
  /** Resolves when it is completed and its mail sent. */
  ended(): Promise<Import>;
  /** What has become of it that should not have; empty when all promises hold and the results are the serial ones. */
  faults(suite: RunningSuite): Promise<unknown[]>;
}

/** Accepts a file of rows of every kind, for an organisation that has sessions already. */
export async function acceptMixedFile(
  fixtures: Fixtures,
  {
    rows: count,
    mentors,
    seed,
    mode = 'apply',
  }: {
    rows: number;
    mentors: number;
    seed: number;
    mode?: 'apply' | 'check';
  },
): Promise<MixedImport> {
  const { store } = fixtures;
  const world = await createWorld(fixtures, { mentors, sessions: count / 10, days: DAYS, seed });
  const rows = randomRows({ rows: count, mentors, days: DAYS, seed, world });
  const { id, acceptedAt } = await acceptFile(fixtures, sessionFile(rows), new Date(), { mode });
  const find = async (): Promise<Import> => (await store.imports.findImport(id))!;
  const rowsDone = async (): Promise<number> => {
    const counts = await store.imports.countRows(id);
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  };
  return {
    id,
    rowsDone,
    async rowsAre(atLeast) {
      const there = async (): Promise<boolean> =>
        (await rowsDone()) >= atLeast || (await find()).finishedAt !== null;
      await waitFor(`${atLeast} rows are done`, () => there().catch(() => false));
    },
    async ended() {
      const settled = async (): Promise<Import | undefined> => {
        const input = await find();
        const mail = input.mailId === null ? undefined : await store.mails.findMail(input.mailId);
        return mail?.status === 'sent' ? input : undefined;
      };
      // A database that is away answers nothing.
      return waitFor('the import ends, its mail is sent', () => settled().catch(() => undefined), END_MS);
    },
    async faults(suite) {
      const { results, sessions } = serialWorld(rows, { ...world, nowMs: acceptedAt.getTime() });
      const left = mode === 'check' ? world.sessions : sessions;
      return [
        ...(await differences(store, { id }, results, left)),
        ...(await brokenPromises(store, suite.inbox)),
      ];
    },
  };
}
