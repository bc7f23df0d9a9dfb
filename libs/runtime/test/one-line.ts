/** A process that logs one line, for the test of what becomes of it. */
import { createServiceLogger } from '../src/index.ts';

const { NODE_ENV = 'development' } = process.env;
createServiceLogger('small', { LOG_LEVEL: 'info', NODE_ENV }).warn({ importId: 'abc' }, 'Redis is away');
