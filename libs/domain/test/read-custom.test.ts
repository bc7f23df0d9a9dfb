import t from 'tap';
import type { RowError } from '../src/messages.ts';
import { readCustom } from '../src/read-custom.ts';
import type { CustomField } from '../src/settings.ts';

const field = (type: CustomField['type'], rest: Partial<CustomField> = {}): CustomField => ({
  name: 'grade',
  label: 'Grade',
  type,
  required: false,
  allowedValues: [],
  ...rest,
});

function read(custom: CustomField, text: string) {
  const errors: RowError[] = [];
  const values = readCustom([custom], new Map([['grade', text]]), errors);
  return { value: values.grade, messages: errors.map(({ code, message }) => `${code}: ${message}`) };
}

t.test('values are read by the type of their field', async (t) => {
  t.equal(read(field('text'), ' VI ').value, 'VI');
  t.equal(read(field('number'), '-6.5').value, -6.5);
  t.equal(read(field('boolean'), 'Yes').value, true);
  t.equal(read(field('boolean'), 'false').value, false);
  t.equal(read(field('date'), '14-06-2027').value, '2027-06-14');
  t.equal(read(field('date'), '2027-06-14').value, '2027-06-14');
  for (const [type, text] of [
    ['number', '6a'],
    ['number', '1e5'],
    ['boolean', 'maybe'],
    ['date', '30-02-2027'],
    ['text', 'a\u0007'],
  ] as const) {
    t.equal(read(field(type), text).value, undefined, `${type} ${JSON.stringify(text)}`);
  }
  t.same(read(field('number'), '6a').messages, ['CUSTOM_FIELD_INVALID: Invalid Grade: 6a']);
  t.same(read(field('text'), 'a'.repeat(5001)).messages, [
    'FIELD_TOO_LONG: Grade is longer than 5000 characters',
  ]);
});

t.test('a blank field is left out, unless it is required', async (t) => {
  t.same(read(field('text'), ' '), { value: undefined, messages: [] });
  t.same(read(field('text', { required: true }), ' ').messages, [
    'FIELD_REQUIRED: Mandatory field Grade not filled',
  ]);
});

t.test('allowed values match as values of the type, and texts take the allowed spelling', async (t) => {
  const text = field('text', { allowedValues: ['Class Six', 'Class Seven'] });
  t.equal(read(text, 'class  six').value, 'Class Six');
  t.same(read(text, 'Class Eight').messages, ['CUSTOM_FIELD_INVALID: Invalid Grade: Class Eight']);
  t.equal(read(field('number', { allowedValues: ['6', '7'] }), '7.0').value, 7);
  t.same(read(field('number', { allowedValues: ['6', '7'] }), '8').value, undefined);
  t.equal(read(field('date', { allowedValues: ['2027-06-14'] }), '14-06-2027').value, '2027-06-14');
});
