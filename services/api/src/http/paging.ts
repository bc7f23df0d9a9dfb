import { AppError } from '@mentorline/runtime';
import { type Static, type TProperties, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';

/** A mistyped filter is refused: left out, it would answer the whole list. */
export function Query<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'the most items of a page' }),
  ),
  cursor: Type.Optional(
    Type.String({
      // That of people holds a name: up to 255 characters, of which one may take six here.
      maxLength: 2_000,
      description: '`nextCursor` of the page before; blank for the first page',
    }),
  ),
};

export function Page<Item extends TSchema>(item: Item) {
  return Type.Object(
    {
      items: Type.Array(item),
      nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'null on the last page' }),
      total: Type.Integer({ minimum: 0 }),
    },
    titled(item, 'Page'),
  );
}

/** The name that a schema gets in the OpenAPI document when it is made from a named one. */
function titled(schema: TSchema & { title?: string }, suffix: string) {
  return schema.title === undefined ? {} : { title: `${schema.title}${suffix}` };
}

/** Of a list that may be too long to be counted to its end. */
export function CountedPage<Item extends TSchema>(item: Item) {
  return Type.Object(
    {
      ...Page(item).properties,
      totalIsExact: Type.Boolean({
        description:
          'false: at least `total`. Counting stops at a limit, and at the first page where several conditions have to be met',
      }),
    },
    titled(item, 'Page'),
  );
}

/** What a search box holds. Blank: no search. */
export function SearchText(description: string) {
  return Type.String({ maxLength: 200, description });
}

/** The number of all that match; counted for the first page, and handed on in its cursor to those that follow. */
export const TotalPlace = Type.Object({ count: Type.Integer({ minimum: 0 }), isExact: Type.Boolean() });

/** Where a list goes on, in a form that clients hand back and never read. */
export function writeCursor(place: object): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws AppError VALIDATION_FAILED for a cursor that no list of this kind gave out */
export function readCursor<Place extends TSchema>(
  schema: Place,
  cursor: string | undefined,
): Static<Place> | undefined {
  if (!cursor) return undefined;
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    place = undefined;
  }
  if (Value.Check(schema, place)) return place;
  throw new AppError('VALIDATION_FAILED', 'The cursor does not come from this list', {
    faults: [{ pointer: '/cursor', code: 'FIELD_INVALID', message: 'is not a cursor of this list' }],
  });
}

/** Cuts a list that was read one item past the limit down to a page, and says where it goes on. */
export function cutPage<Item>(
  read: readonly Item[],
  limit: number,
  placeOf: (last: Item) => object,
): { page: Item[]; nextCursor: string | null } {
  const last = read.length > limit ? read[limit - 1] : undefined;
  return { page: read.slice(0, limit), nextCursor: last === undefined ? null : writeCursor(placeOf(last)) };
}
