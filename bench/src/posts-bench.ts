import { join } from 'node:path';
import { mentorEmail, type TestContext } from '@mentorline/testkit';
import { MENTORS, writeBenchFile } from './bench-file.ts';
import { type BenchSuite, startBenchSuite } from './bench-suite.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

export interface PostFigures {
  /** Rows of the import that goes on meanwhile. */
  rows: number;
  /** Milliseconds of a POST /v1/sessions, one after another. */
  alone: PostTimes;
  during: PostTimes;
}

interface PostTimes {
  /** Sessions of mentors whom the file does not name. */
  otherMentors: Percentiles;
  /** Sessions of the file's mentors, on days that it does not touch. */
  sameMentors: Percentiles;
}

const OTHER_MENTORS = 500;
/** Not counted: it is the same code before and during the import, and only before it would be cold. */
const WARM_UP_POSTS = 200;
const POSTS_ALONE = 1_000;

/** Single sessions, of either kind of mentor in turn, with nothing else going on, and while a file is imported. */
export async function postsBench(t: TestContext, rows: number): Promise<PostFigures> {
  const suite = await startBenchSuite(t, { moreMentors: OTHER_MENTORS });
  const file = join(suite.folder, 'sessions.csv');
  await writeBenchFile(file, rows);

  let nth = 0;
  const postUntil = async (over: () => boolean): Promise<PostTimes> => {
    const otherMentors: number[] = [];
    const sameMentors: number[] = [];
    while (!over()) {
      otherMentors.push(await post(suite, MENTORS + (nth % OTHER_MENTORS), nth));
      sameMentors.push(await post(suite, nth % MENTORS, nth));
      nth += 1;
    }
    return { otherMentors: percentilesOf(otherMentors), sameMentors: percentilesOf(sameMentors) };
  };

  await postUntil(() => nth >= WARM_UP_POSTS / 2);
  const alone = await postUntil(() => nth >= (WARM_UP_POSTS + POSTS_ALONE) / 2);
  const report = suite.nextReport();
  let imported = false;
  await suite.upload(file);
  void report.then(() => {
    imported = true;
  });
  const during = await postUntil(() => imported);
  await report;
  return { rows, alone, during };
}

/** @returns milliseconds */
async function post({ manager }: BenchSuite, mentor: number, nth: number): Promise<number> {
  const body = JSON.stringify({
    title: 'A session by itself',
    description: 'How a head plans the week after the holidays',
    type: 'PUBLIC',
    mentor: mentorEmail(mentor),
    start: new Date(Date.UTC(2041, 0, 1 + Math.floor(nth / OTHER_MENTORS), 9)).toISOString(),
    durationMinutes: 60,
    recommendedFor: ['Teachers'],
    categories: ['Communication'],
    medium: ['English'],
  });
  const startedAt = performance.now();
  const response = await manager.fetch('/v1/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const answer = await response.text();
  const ms = performance.now() - startedAt;
  if (response.status !== 201) throw new Error(`A session was answered with ${response.status}: ${answer}`);
  return ms;
}
