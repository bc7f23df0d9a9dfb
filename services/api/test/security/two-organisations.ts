import { ROLES, type Role } from '@mentorline/domain';
import { hashPassword } from '@mentorline/runtime';
import { endImport } from '../end-import.ts';
import type { Gateway } from '../open-gateway.ts';
import { sessionBody } from '../open-gateway.ts';
import { png } from '../sessions/images.ts';

/** What one organisation has, and the words by which it would be known anywhere else. */
export interface Tenant {
  users: Record<Role, string>;
  ids: {
    session: string;
    import: string;
    user: string;
    mentor: string;
    mentee: string;
    option: string;
    suppression: string;
    /** About the session. */
    mail: string;
  };
  canaries: readonly string[];
}

const NO_MEETING = { platform: 'BBB', link: null, meetingId: null, passcode: null } as const;
const HEADER =
  'Action,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium';

/** An organisation with everything that can be read, each part of it marked with the word. */
export async function createTenant(gateway: Gateway, word: string): Promise<Tenant> {
  const { store, call, token, app, users: known } = gateway;
  const { id: organisationId } = await store.organisations.createOrganisation({ name: `Org ${word}` });
  const passwordHash = await hashPassword(`${word} has a password`);
  const users = {} as Record<Role, string>;
  const ids: Record<string, string> = {};
  for (const role of [...ROLES, 'spare' as const]) {
    const email = `${role}.${word}@example.com`;
    const user = await store.users.createUser({
      ...{ email, organisationId, passwordHash, name: `Name ${word}`, designation: `Post ${word}` },
      roles: [role === 'spare' ? 'mentee' : role],
    });
    (known as Map<string, typeof user>).set(email, user);
    ids[role] = user.id;
    if (role !== 'spare') users[role] = email;
  }
  const manager = users.session_manager;
  const made = async (answer: ReturnType<Gateway['call']>): Promise<string> => {
    const { statusCode, body } = await answer;
    if (statusCode >= 300) throw new Error(body);
    return (JSON.parse(body) as { id: string }).id;
  };
  const option = await made(call(manager, 'POST', '/v1/options/categories', { label: `Label ${word}` }));
  const body = sessionBody({
    ...{ title: `Title ${word}`, description: `About ${word}`, categories: [`Label ${word}`] },
    ...{ mentor: users.mentor, mentees: [users.mentee] },
    meeting: { platform: 'ZOOM', link: 'https://zoom.us/j/123456789', passcode: word },
  });
  const session = await made(call(manager, 'POST', '/v1/sessions', body));
  const form = new Request('http://gateway/', { method: 'POST', body: formOf(png(), `${word}.png`) });
  await app.inject({
    method: 'PUT',
    url: `/v1/sessions/${session}/image`,
    headers: {
      authorization: `Bearer ${await token(manager)}`,
      'content-type': form.headers.get('content-type')!,
    },
    payload: Buffer.from(await form.arrayBuffer()),
  });
  const file = `${HEADER}\nCreate,Row ${word},About,Public,${users.mentor},,15-06-2027,IST,15:00,60,A,B,C\n`;
  const imported = await made(
    call(manager, 'POST', `/v1/imports?fileName=${word}.csv`, file, { 'content-type': 'text/csv' }),
  );
  await endImport(store, imported);
  const reader = { id: ids.spare!, organisationId, email: `spare.${word}@example.com` };
  const suppression = await store.transaction((transaction) =>
    store.suppressions.endReminders(transaction, reader, new Date()),
  );
  const inside = { description: `About ${word}`, meeting: NO_MEETING, before: null };
  const [start, end] = [new Date('2027-06-14T09:30:00Z'), new Date('2027-06-14T10:30:00Z')];
  const to = { name: `Name ${word}`, address: users.mentee };
  const mail = await store.transaction((transaction) =>
    store.mails.addMail(transaction, {
      ...{
        organisationId,
        kind: 'session-invited',
        date: new Date(),
        messageId: `<${word}@example.com>`,
        to,
      },
      session: {
        ...{ sessionId: session, version: 1, userId: ids.mentee!, role: 'mentee', title: `Title ${word}` },
        ...{ timeZone: 'Asia/Kolkata', start, end, reminderMinutes: null, inside },
        mentor: { name: `Name ${word}`, address: users.mentor },
      },
    }),
  );
  return {
    users,
    ids: {
      ...{ session, option, suppression, mail, import: imported },
      ...{ user: ids.spare!, mentor: ids.mentor!, mentee: ids.mentee! },
    },
    canaries: [word, session, imported, option, suppression, organisationId, mail, ...Object.values(ids)],
  };
}

function formOf(image: Buffer, fileName: string): FormData {
  const form = new FormData();
  form.append('image', new Blob([new Uint8Array(image)]), fileName);
  return form;
}
