import t from 'tap';
import { findDelimiter } from '../src/delimiter.ts';
import { columnFinder } from '../src/header.ts';
import { HEADER, refusal, SESSION_SHEET } from './files.ts';

const isKnown = (cell: string) => columnFinder(SESSION_SHEET)(cell).kind !== 'unknown';

t.test('the delimiter is the one under which the header shows most known columns', async (t) => {
  const headers: [string, string][] = [
    [HEADER, ','],
    [HEADER.replaceAll(',', ';'), ';'],
    [HEADER.replaceAll(',', '\t'), '\t'],
    ['Action;"Remarks, notes, questions";id;title', ';'],
    ['"Action";"Mentor (first, last)";"Time\r\n(24 hrs)"', ';'],
    ['Action,"a;b;c;d;e",id', ','],
    ['who knows', ','],
  ];
  for (const [header, delimiter] of headers)
    t.equal(findDelimiter(header, isKnown).delimiter, delimiter, header);
});

t.test('cells of the header come without their quotes', async (t) => {
  t.same(findDelimiter('"Action";"say ""id""";"line\nbreak"', isKnown).cells, [
    'Action',
    'say "id"',
    'line\nbreak',
  ]);
});

t.test('a broken quote in the header is refused', async (t) => {
  for (const header of ['Action,"id', 'Action,"id"x,title', 'Action,5" title,6" x']) {
    t.match(
      refusal(() => findDelimiter(header, isKnown)),
      { code: 'HEADER_INVALID' },
      header,
    );
  }
});
