/**
 * `node generate.js [--check]`: makes `src/schema.ts` from `openapi.json`, or only tells whether it is up to date.
 * It needs a TypeScript that can be used as a library, which is why this package has an older one of its own.
 */
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import ts from 'typescript';

const DOCUMENT = new URL('../../openapi.json', import.meta.url);
const SCHEMA = new URL('../../src/schema.ts', import.meta.url);
const BLOB = ts.factory.createTypeReferenceNode('Blob');

const nodes = await openapiTS(DOCUMENT, {
  silent: true,
  transform: ({ format }) => (format === 'binary' ? BLOB : undefined),
});
const text = `${COMMENT_HEADER}${astToString(nodes)}`;
if (!process.argv.includes('--check')) await writeFile(SCHEMA, text);
else if ((await readFile(SCHEMA, 'utf8')) !== text) {
  process.stderr.write('libs/client/src/schema.ts does not fit openapi.json: npm run client\n');
  process.exitCode = 1;
}
