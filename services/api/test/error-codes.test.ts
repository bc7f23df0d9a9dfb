import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROW_ERROR_CODES } from '@mentorline/domain';
import { ERROR_CODES } from '@mentorline/runtime';
import t from 'tap';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const docs = await readFile(join(REPOSITORY, 'docs/errors.md'), 'utf8');
const [answers = '', fields = ''] = docs.split('## Codes of a field or a row');

t.test('the documented codes of an answer are those of the table, with their status', async (t) => {
  const documented = [...answers.matchAll(/^\| `(\w+)` +\| (\d+) +\|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);
  t.same(
    documented,
    Object.entries(ERROR_CODES).map(([code, { status }]) => [code, status]),
  );
});

t.test('the documented codes of a field are those of the rules and of the schemas', async (t) => {
  const documented = [...fields.matchAll(/^\| `(\w+)` +\|/gm)].map(([, code]) => code).sort();
  t.same(documented, [...ROW_ERROR_CODES, 'FIELD_UNKNOWN'].sort());
});

t.test('every code of an answer is used somewhere', async (t) => {
  const sources: string[] = [];
  for (const folder of ['libs', 'services']) {
    for (const name of await readdir(join(REPOSITORY, folder))) {
      const source = join(REPOSITORY, folder, name, 'src');
      for (const file of await readdir(source, { recursive: true })) {
        if (!file.endsWith('.ts') || file === 'error-codes.ts') continue;
        sources.push(await readFile(join(source, file), 'utf8'));
      }
    }
  }
  const text = sources.join('\n');
  for (const code of Object.keys(ERROR_CODES)) t.ok(text.includes(`'${code}'`), code);
});
