export { acceptFile } from './accept-file.ts';
export { brokenPromises } from './broken-promises.ts';
export { createPeople } from './people.ts';
export { type RunningSuite, runSuite } from './run-suite.ts';
export { type OracleResult, type OracleRow, type OracleWorld, serialOracle } from './serial-oracle.ts';
export { menteeEmail, mentorEmail, randomRows, sessionFile } from './session-file.ts';
export { type Fixtures, setup, type TestContext } from './setup.ts';
