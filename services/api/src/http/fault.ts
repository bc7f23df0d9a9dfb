import { Type } from 'typebox';

const Time = Type.String({ format: 'date-time' });

/** One fault in `errors` of an answer. */
export const Fault = Type.Object(
  {
    pointer: Type.Optional(Type.String({ description: 'RFC 6901' })),
    column: Type.Optional(Type.String()),
    code: Type.String(),
    message: Type.String(),
    conflict: Type.Optional(
      Type.Object(
        {
          sessionId: Type.Union([Type.String(), Type.Null()]),
          start: Time,
          end: Time,
          nextFree: Type.Union([Time, Type.Null()]),
        },
        { description: 'of MENTOR_SLOT_TAKEN: the other session, and when the mentor is free' },
      ),
    ),
  },
  { title: 'Fault' },
);
