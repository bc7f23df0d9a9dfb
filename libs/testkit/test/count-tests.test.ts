import t from 'tap';
import { countTests } from '../src/count-tests.ts';

const lines = (...text: string[]): string => `${text.join('\n')}\n`;

t.test('each subtest without subtests of its own is a case', async (t) => {
  const tap = lines(
    'TAP version 14',
    '1..1',
    '# Subtest: a.test.js',
    '    # Subtest: outer',
    '        ok 1 - an assertion',
    '        # Subtest: inner a',
    '            ok 1 - an assertion',
    '            1..1',
    '        ok 2 - inner a # time=1ms',
    '        # Subtest: inner b',
    '            not ok 1 - an assertion',
    '              ---',
    '              diff: |',
    '                # Subtest: quoted',
    '                not ok 1 - quoted',
    '                ok 2 - quoted',
    '              ...',
    '            1..1',
    '        not ok 3 - inner b # time=1ms',
    '        1..3',
    '    not ok 1 - outer # time=2ms',
    '    # Subtest: alone',
    '        ok 1 - an assertion',
    '        ok 2 - an assertion # SKIP later',
    '    ok 2 - alone # time=1ms',
    'not ok 1 - a.test.js # time=9ms',
  );
  t.same(countTests(tap), {
    passed: 2,
    failed: 1,
    skipped: 1,
    skipReasons: ['later'],
    failures: [
      {
        name: 'a.test.js › outer › inner b',
        why: [
          'not ok: an assertion',
          '              diff: |',
          '                # Subtest: quoted',
          '                not ok 1 - quoted',
          '                ok 2 - quoted',
        ],
      },
    ],
  });
});

t.test('a file without subtests is one case', async (t) => {
  const tap = lines('# Subtest: a.test.js', '    ok 1 - x', '    ok 2 - y', '    1..2', 'ok 1 - a.test.js');
  t.same(countTests(tap), { passed: 1, failed: 0, skipped: 0, skipReasons: [], failures: [] });
});

t.test('a file that breaks outside of its subtests is a failed case beside those that passed', async (t) => {
  const tap = lines(
    '# Subtest: a.test.js',
    '    # Subtest: fine',
    '        ok 1 - x',
    '    ok 1 - fine',
    '    not ok 2 - uncaught',
    'not ok 1 - a.test.js',
  );
  t.same(countTests(tap), {
    passed: 1,
    failed: 1,
    skipped: 0,
    skipReasons: [],
    failures: [{ name: 'a.test.js', why: ['not ok: uncaught'] }],
  });
});

t.test('a file that crashed at once or timed out is a failed case', async (t) => {
  const tap = lines(
    '# Subtest: a.test.js',
    '    1..0 # no tests found',
    'not ok 1 - a.test.js # time=5ms',
    'not ok 2 - timeout!',
    '  ---',
    '  expired: b.test.js',
    '  ...',
  );
  t.same(countTests(tap), {
    passed: 0,
    failed: 2,
    skipped: 0,
    skipReasons: [],
    failures: [
      { name: 'a.test.js', why: [] },
      { name: 'timeout!', why: ['  expired: b.test.js'] },
    ],
  });
});

t.test(
  'a skipped subtest is neither passed nor failed, nor is a file that has no other; why is told once',
  async (t) => {
    const tap = lines(
      '# Subtest: a.test.js',
      '    # Subtest: fine',
      '        ok 1 - x',
      '    ok 1 - fine',
      '    ok 2 - not here # SKIP',
      'ok 1 - a.test.js',
      '# Subtest: b.test.js',
      '    ok 1 - one # SKIP No Chromium found.',
      '    ok 2 - other # SKIP No Chromium found.',
      '    1..2',
      'ok 2 - b.test.js # time=5ms',
    );
    const skipReasons = ['No Chromium found.'];
    const together = tap.replace(/^/gm, '    ').replace(/^ +$/gm, '');
    t.same(countTests(`# Subtest: group.test.js\n${together}ok 1 - group.test.js\n`), countTests(tap));
    t.same(countTests(tap), { passed: 1, failed: 0, skipped: 3, skipReasons, failures: [] });
  },
);
