import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Import, type ImportRow, type MentorlineClient } from '@mentorline/client';
import { StartError } from './start-error.ts';

export type ImportState = Import;
export type RowResult = ImportRow;

/** The calls of the gateway that the demo makes, as any client would make them. */
export interface GatewayClient {
  /** Every call of the gateway, signed in and typed. */
  readonly api: MentorlineClient;
  readonly accessToken: string;
  /** Any call, signed in, whatever it answers. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  upload(fileName: string, file: Uint8Array<ArrayBuffer>): Promise<ImportState>;
  /** Asks until the import is over and its mail sent; `onState` sees every answer. */
  waitForImport(id: string, onState: (state: ImportState) => void): Promise<ImportState>;
  rows(id: string): Promise<RowResult[]>;
  report(id: string): Promise<Buffer>;
}

const POLL_MS = 60;
const LARGEST_PAGE = 100;

/** @throws StartError telling what was asked and answered, when an answer is not the expected one */
export async function signIn(
  gatewayUrl: string,
  credentials: { email: string; password: string },
): Promise<GatewayClient> {
  const { accessToken } = await answered(
    'POST /v1/auth/login',
    createClient({ baseUrl: gatewayUrl }).POST('/v1/auth/login', { body: credentials }),
  );
  const api = createClient({ baseUrl: gatewayUrl, accessToken: () => accessToken });

  return {
    api,
    accessToken,

    fetch: (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${accessToken}`);
      return fetch(`${gatewayUrl}${path}`, { ...init, headers });
    },

    async upload(fileName, file) {
      const call = api.POST('/v1/imports', {
        body: { file: new File([file], fileName, { type: 'text/csv' }) },
      });
      const state = await answered('POST /v1/imports', call);
      const location = (await call).response.headers.get('location');
      if (!location?.endsWith(`/v1/imports/${state.id}`)) {
        throw new StartError(`POST /v1/imports answered without a usable Location: ${location}`);
      }
      return state;
    },

    async waitForImport(id, onState) {
      for (;;) {
        const call = api.GET('/v1/imports/{id}', { params: { path: { id } } });
        const state = await answered(`GET /v1/imports/${id}`, call);
        onState(state);
        const over = ['completed', 'failed', 'cancelled'].includes(state.status);
        if (over && (state.mail?.status === 'sent' || state.mail?.status === 'failed')) return state;
        await delay(POLL_MS);
      }
    },

    async rows(id) {
      const rows: RowResult[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: { limit: number; cursor: string } = { limit: LARGEST_PAGE, cursor };
        const call = api.GET('/v1/imports/{id}/rows', { params: { path: { id }, query } });
        const page: { items: readonly RowResult[]; nextCursor: string | null } = await answered(
          `GET /v1/imports/${id}/rows`,
          call,
        );
        rows.push(...page.items);
        cursor = page.nextCursor;
      }
      return rows;
    },

    async report(id) {
      const call = api.GET('/v1/imports/{id}/report.csv', {
        params: { path: { id } },
        parseAs: 'arrayBuffer',
      });
      return Buffer.from(await answered(`GET /v1/imports/${id}/report.csv`, call));
    },
  };
}

/** What a call of the client brought, where it went well. */
async function answered<Data>(
  what: string,
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<NonNullable<Data>> {
  let answer: Awaited<typeof call>;
  try {
    answer = await call;
  } catch (error) {
    throw new StartError(`${what}: the gateway does not answer`, { cause: error });
  }
  const { data, error, response } = answer;
  if (data !== undefined && data !== null) return data;
  throw new StartError(`${what}: answered ${response.status}: ${JSON.stringify(error)}`);
}
