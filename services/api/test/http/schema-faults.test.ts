import t from 'tap';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { onlyMissing, schemaFaults } from '../../src/http/schema-faults.ts';

const Schema = Type.Object(
  {
    title: Type.String(),
    'a/b': Type.Optional(Type.Integer()),
    type: Type.Optional(Type.Enum(['PUBLIC', 'PRIVATE'])),
    link: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { additionalProperties: false },
);
const faultsOf = (value: unknown) => schemaFaults(Value.Errors(Schema, value));

t.test('a missing field is told under its own pointer', async (t) => {
  t.same(faultsOf({}), [
    { pointer: '/title', code: 'FIELD_REQUIRED', message: 'Mandatory field title not filled' },
  ]);
});

t.test('an unknown field is told once', async (t) => {
  t.same(faultsOf({ title: 'x', titel: 'y' }), [
    { pointer: '/titel', code: 'FIELD_UNKNOWN', message: 'There is no field titel here' },
  ]);
});

t.test('a value out of a list is told with the list', async (t) => {
  t.same(faultsOf({ title: 'x', type: 'OPEN' }), [
    { pointer: '/type', code: 'FIELD_INVALID', message: 'must be one of PUBLIC, PRIVATE' },
  ]);
});

t.test('names with slashes are escaped in pointers', async (t) => {
  t.match(faultsOf({ title: 'x', 'a/b': 'y', 'c/d~': 1 }), [
    { pointer: '/c~1d~0' },
    { pointer: '/a~1b', code: 'FIELD_INVALID', message: 'must be integer' },
  ]);
});

t.test('a value that fits none of several types is told under its field', async (t) => {
  t.ok(faultsOf({ title: 'x', link: 7 }).every(({ pointer }) => pointer === '/link'));
});

t.test('missing fields are told apart from faults', async (t) => {
  t.equal(onlyMissing(Value.Errors(Schema, {})), true);
  t.equal(onlyMissing(Value.Errors(Schema, { type: 'OPEN' })), false);
  t.equal(onlyMissing(Value.Errors(Schema, null)), false);
});
