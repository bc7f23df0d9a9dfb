import type { ImportStatus } from '@mentorline/domain';
import { type Import, NO_ROWS, newId } from '@mentorline/store';
import { acceptFile, type TestContext } from '@mentorline/testkit';
import { type Gateway, openGateway } from '../open-gateway.ts';

export const OPERATOR = 'operator@example.org';
export const OBSERVER = 'observer@example.org';
export const MANAGER = 'manager@example.org';
export const LONG_MS = 60_000;

const HEADER =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium';
/** What is in a file, and must be seen nowhere else. */
export const CONTENT = 'Kingfisher under the bridge';
const FILE = `${HEADER}\nCreate,${CONTENT},${CONTENT},Public,asha.rao@example.org,,14-06-2037,IST,15:00,60,A,B,C\n`;

export interface OpsGateway extends Gateway {
  /** An upload in an importer's hands, as far on as that. */
  running(status?: ImportStatus): Promise<Import & { owner: string }>;
  /** An upload that failed so. */
  failed(code: string, published?: number): Promise<Import>;
  /** The mail about an upload, given up for that; its id. */
  givenUp(input: Import, error: string): Promise<string>;
}

/** A gateway with somebody who may look and somebody who may act, at the time of the database. */
export async function openOps(
  t: TestContext,
  options: Parameters<typeof openGateway>[1] = {},
): Promise<OpsGateway> {
  const gateway = await openGateway(t, options);
  const { store, users, organisation, clock } = gateway;
  clock.now = new Date();
  const { passwordHash } = users.get(OPERATOR)!;
  const person = {
    email: OBSERVER,
    name: 'Kiran Das',
    organisationId: organisation.id,
    passwordHash: passwordHash!,
  };
  (users as Map<string, unknown>).set(
    OBSERVER,
    await store.users.createUser({ ...person, roles: ['observer'] }),
  );
  const transactions = store.openTransactionPool(1);
  t.teardown(() => transactions.close());

  const running: OpsGateway['running'] = async (status = 'applying') => {
    const owner = newId();
    const { id } = await acceptFile(gateway, Buffer.from(FILE));
    if (status !== 'queued') {
      await store.turns.takeTurn(organisation.id, owner, LONG_MS);
      await store.imports.claimImport(id, owner, LONG_MS, transactions, 'process-1');
      await store.imports.moveImport(id, owner, { from: 'queued', to: 'staging' }, {});
    }
    if (status === 'applying') {
      const staged = { rowsTotal: 1, landmarks: [], partitions: 2, shards: 1 };
      await store.imports.beginApplying(transactions, id, owner, staged);
    }
    return { ...(await store.imports.findImport(id))!, owner };
  };

  const failed: OpsGateway['failed'] = async (code, published = 0) => {
    const { id, owner } = await running('staging');
    const failure = { code, message: CONTENT, row: 1 };
    await store.imports.moveImport(
      id,
      owner,
      { from: 'staging', to: 'failed' },
      { failure, rows: { ...NO_ROWS, published } },
    );
    await store.turns.endTurn(organisation.id, owner);
    return (await store.imports.findImport(id))!;
  };

  const givenUp: OpsGateway['givenUp'] = async (input, error) => {
    const { mails } = store;
    const id = await store.transaction((transaction) =>
      mails.addReportMail(transaction, input, 'mail.example.org'),
    );
    await mails.claimMail(id, 'notifier', LONG_MS);
    await mails.settleMail(id, 'notifier', { status: 'failed', error });
    return id;
  };
  return { ...gateway, running, failed, givenUp };
}
