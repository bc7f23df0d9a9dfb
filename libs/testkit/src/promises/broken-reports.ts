import { buffer } from 'node:stream/consumers';
import type { Store } from '@mentorline/store';
import { parseCsv } from './parse-csv.ts';

/** A finished import has one report, with its rows in the order of the file. */
export async function brokenReports(store: Store): Promise<string[]> {
  const broken: string[] = [];
  const { connection } = store;
  for await (const { _id, status, rowsTotal, report } of connection.collection('imports').find({
    status: { $in: ['completed', 'cancelled'] },
    rowsTotal: { $ne: null },
  })) {
    const say = (what: string): void => void broken.push(`import ${_id} (${status}): ${what}`);
    if (!report) {
      say('no report');
      continue;
    }
    const content = await buffer(store.files.readFile(String(report.fileId)));
    if (content.length !== report.sizeBytes)
      say(`${content.length} bytes of report, not ${report.sizeBytes}`);
    const [header = [], ...records] = parseCsv(content.toString());
    const column = header.indexOf('Row');
    const rows = records.map((cells) => Number(cells[column]));
    if (rows.length !== rowsTotal) say(`the report has ${rows.length} rows, not ${rowsTotal}`);
    if (rows.some((row, index) => row !== index + 1)) say('the rows of the report are not in order');
  }
  return broken;
}
