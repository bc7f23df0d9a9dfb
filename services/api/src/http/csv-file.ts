import type { Readable } from 'node:stream';
import { Type } from 'typebox';

/** The answer of a route that sends a CSV file. */
export const CsvFile = (description: string) => ({
  200: {
    description,
    content: { 'text/csv': { schema: Type.Unsafe<Buffer | Readable>({ type: 'string' }) } },
  },
});

/** Addresses that mails and people pass on: a browser that opens one asks for name and password. */
export const OPENED_IN_BROWSERS = { basicAllowed: true };
