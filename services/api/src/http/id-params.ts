import { Type } from 'typebox';

/** What has not this form names nothing. */
export const IdText = Type.String({
  pattern: '^[0-9a-f]{24}$',
  description: 'an id that another answer has told',
});
export const IdParams = Type.Object({ id: IdText });
