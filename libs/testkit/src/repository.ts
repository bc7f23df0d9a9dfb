import { fileURLToPath } from 'node:url';

/** The folder of the whole project, as seen from what is built of this one. */
export const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
