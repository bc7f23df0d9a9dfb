import { NO_ROWS, type RowCounts } from '@mentorline/store';
import type { ReportFacts } from '../src/gather-report.ts';

export const ID = '66aa00000000000000000001';
export const UNDONE_ID = '66aa00000000000000000002';

export const LETTERHEAD = { organisationName: 'Example Schools', brandColor: '#1e3a5f' };

export const SETTING = {
  letterhead: LETTERHEAD,
  recipientName: 'Asha Rao',
  importsUrl: 'https://mentoring.example.org/v1/imports',
  attachmentName: 'sessions-report.csv',
};

/** Counts of which only those given are not zero. */
export function rows(counts: Partial<RowCounts>): RowCounts {
  return { ...NO_ROWS, ...counts };
}

/** An import of sessions with some rows invalid, changed as told. */
export function facts(changes: Partial<ReportFacts> = {}): ReportFacts {
  return {
    importId: ID,
    kind: 'sessions',
    mode: 'apply',
    fileName: 'sessions.csv',
    undone: null,
    timeZone: 'Asia/Kolkata',
    outcome: 'completed',
    uploadedAt: new Date('2027-06-14T09:30:00Z'),
    finishedAt: new Date('2027-06-14T09:31:00Z'),
    rowsTotal: 10,
    counts: rows({ published: 3, invalid: 7 }),
    warnings: [],
    failure: null,
    hasReport: true,
    problems: [
      { code: 'USER_NOT_FOUND', column: 'Mentor', rows: 5 },
      { code: 'START_IN_PAST', column: 'Date', rows: 2 },
    ],
    invalidRows: [
      { row: 2, name: 'Leading a school', message: 'User not found: nobody@example.org' },
      { row: 1203, name: '', message: 'The session would start in the past' },
    ],
    leftAlone: [],
    ...changes,
  };
}

/** The same, where no row was refused. */
export function cleanFacts(changes: Partial<ReportFacts> = {}): ReportFacts {
  return facts({ counts: rows({ published: 10 }), problems: [], invalidRows: [], ...changes });
}

export function undoFacts(changes: Partial<ReportFacts> = {}): ReportFacts {
  return cleanFacts({
    kind: 'undo',
    fileName: 'Undo of sessions.csv',
    undone: { importId: UNDONE_ID, fileName: 'sessions.csv', hasReport: true },
    counts: rows({ deleted: 4, unchanged: 6 }),
    leftAlone: [
      { reason: 'Left as it is: changed since it was published', rows: 5 },
      { reason: 'Edits are not undone', rows: 1 },
    ],
    ...changes,
  });
}

/** Nothing was counted: it ended before its rows were known. */
export const NEVER_COUNTED: Partial<ReportFacts> = {
  rowsTotal: null,
  counts: NO_ROWS,
  hasReport: false,
  problems: [],
  invalidRows: [],
  leftAlone: [],
};
