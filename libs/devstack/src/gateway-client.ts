import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './start-error.ts';

export interface ImportState {
  readonly id: string;
  readonly status: string;
  readonly progress: number;
  readonly rows: { readonly total: number | null } & Record<string, number | null>;
  readonly failure: { readonly message: string } | null;
  readonly mail: { readonly status: string; readonly messageId: string | null } | null;
}

export interface RowResult {
  readonly row: number;
  readonly status: string;
  readonly sessionId: string | null;
  readonly errors: readonly { readonly code: string; readonly message: string }[];
  readonly cells: Readonly<Record<string, string>>;
}

/** The calls of the gateway that the demo makes, as any client would make them. */
export interface GatewayClient {
  /** Any call, signed in, whatever it answers. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  upload(fileName: string, file: Uint8Array<ArrayBuffer>): Promise<ImportState>;
  /** Asks until the import is over and its mail sent; `onState` sees every answer. */
  waitForImport(id: string, onState: (state: ImportState) => void): Promise<ImportState>;
  rows(id: string): Promise<RowResult[]>;
  report(id: string): Promise<Buffer>;
}

const POLL_MS = 60;

/** @throws StartError telling what was asked and answered, when an answer is not the expected one */
export async function signIn(
  gatewayUrl: string,
  credentials: { email: string; password: string },
): Promise<GatewayClient> {
  const { accessToken } = (await answer(
    'POST /v1/auth/login',
    fetch(`${gatewayUrl}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
    }),
    200,
  ).then((response) => response.json())) as { accessToken: string };
  const call = (method: string, path: string, status: number, body?: FormData): Promise<Response> =>
    answer(
      `${method} ${path}`,
      fetch(`${gatewayUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}` },
        ...(body ? { body } : {}),
      }),
      status,
    );

  return {
    fetch: (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${accessToken}`);
      return fetch(`${gatewayUrl}${path}`, { ...init, headers });
    },

    async upload(fileName, file) {
      const form = new FormData();
      form.set('file', new Blob([file], { type: 'text/csv' }), fileName);
      const response = await call('POST', '/v1/imports', 202, form);
      const state = (await response.json()) as ImportState;
      const location = response.headers.get('location');
      if (!location?.endsWith(`/v1/imports/${state.id}`)) {
        throw new StartError(`POST /v1/imports answered without a usable Location: ${location}`);
      }
      return state;
    },

    async waitForImport(id, onState) {
      for (;;) {
        const state = (await (await call('GET', `/v1/imports/${id}`, 200)).json()) as ImportState;
        onState(state);
        const over = ['completed', 'failed', 'cancelled'].includes(state.status);
        if (over && (state.mail?.status === 'sent' || state.mail?.status === 'failed')) return state;
        await delay(POLL_MS);
      }
    },

    async rows(id) {
      const rows: RowResult[] = [];
      let cursor: string | null = null;
      do {
        const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const response = await call('GET', `/v1/imports/${id}/rows?limit=100${query}`, 200);
        const page = (await response.json()) as { items: RowResult[]; nextCursor: string | null };
        rows.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return rows;
    },

    async report(id) {
      return Buffer.from(await (await call('GET', `/v1/imports/${id}/report.csv`, 200)).arrayBuffer());
    },
  };
}

async function answer(what: string, call: Promise<Response>, status: number): Promise<Response> {
  let response: Response;
  try {
    response = await call;
  } catch (error) {
    throw new StartError(`${what}: the gateway does not answer`, { cause: error });
  }
  if (response.status === status) return response;
  throw new StartError(`${what}: expected ${status}, got ${response.status}: ${await response.text()}`);
}
