import t from 'tap';
import { runSuite, setup, waitFor } from '../src/index.ts';

const HEADER =
  'Action,Session ID,title,description,type,Mentor,Mentees,Date,Time Zone,Time,Duration,recommended_for,categories,medium\n';
/** The times of the sessions, so many at once that their mails are made and sent together. */
const HOURS = ['09:00', '11:00', '13:00', '15:00', '17:00'];

t.test('no mail to the people of one organisation says anything of another', async (t) => {
  const fixtures = await setup(t);
  const { store, users, organisation, otherOrganisation } = fixtures;
  const { passwordHash } = users.get('manager@example.org')!;
  const sides = [
    {
      ...{ word: 'heronwood', organisationId: organisation.id, manager: 'manager@example.org' },
      ...{ mentor: 'asha.rao@example.org', mentee: 'meera.iyer@example.org' },
      names: ['Priya Menon', 'Asha Rao', 'Meera Iyer', 'Example Schools'],
    },
    {
      ...{ word: 'kingfisher', organisationId: otherOrganisation.id, manager: 'manager@other.example.net' },
      ...{ mentor: 'lena.berg@other.example.net', mentee: 'mia.vogt@other.example.net' },
      names: ['Tom Becker', 'Lena Berg', 'Mia Vogt', 'Other Academy'],
    },
  ] as const;
  const person = { name: 'Mia Vogt', email: sides[1].mentee, roles: ['mentee' as const] };
  await store.users.createUser({
    ...{
      ...person,
      organisationId: otherOrganisation.id,
      passwordHash: passwordHash!,
      designation: 'Teacher',
    },
  });
  const suite = await runSuite(t, fixtures, { env: { SESSION_MAIL_DELAY_MS: '1' } });

  const ids = await Promise.all(
    sides.map(async ({ word, manager, mentor, mentee }, index) => {
      const other = sides[1 - index]!;
      const row = (hour: string, who: string, whom: string, id = '') =>
        `${id ? 'Edit' : 'Create'},${id},Title ${word} ${hour},About ${word},Private,${who},${whom},14-06-2037,IST,${hour},60,For ${word},Of ${word},In ${word}\n`;
      const file =
        HEADER +
        HOURS.map((hour) => row(hour, mentor, mentee)).join('') +
        // Told as unknown, with nothing that only the other organisation has said.
        row('19:00', other.mentor, mentee) +
        row('20:00', mentor, other.mentee);
      const client = await suite.signIn(manager);
      const accepted = await client.upload(`${word}.csv`, new TextEncoder().encode(file));
      const ended = await client.waitForImport(accepted.id, () => {});
      t.match(ended, { status: 'completed', rows: { published: HOURS.length, invalid: 2 } });
      const rows = await client.rows(accepted.id);
      return [accepted.id, ...rows.flatMap(({ sessionId }) => sessionId ?? [])];
    }),
  );

  const mailsTo = async (address: string) =>
    (await suite.inbox.messages()).filter(({ envelope }) => envelope?.to.includes(address));
  for (const [index, side] of sides.entries()) {
    const other = sides[1 - index]!;
    const foreign = [
      ...[other.word, other.manager, other.organisationId, ...ids[1 - index]!],
      ...other.names,
    ];
    for (const [address, count] of [
      [side.manager, 1],
      [side.mentor, HOURS.length],
      [side.mentee, HOURS.length],
    ] as const) {
      const mails = await waitFor(`${count} mails to ${address}`, async () => {
        const found = await mailsTo(address);
        return found.length >= count && found;
      });
      t.equal(mails.length, count, address);
      for (const { raw, mail } of mails) {
        const parts = mail.attachments.map(({ content }) => content.toString());
        const all = [raw.toString(), mail.subject, mail.text, mail.html || '', ...parts].join('\n');
        t.ok(all.includes(side.word), 'its own words are there');
        for (const word of foreign) t.notOk(all.includes(word), `${word} in a mail to ${address}`);
      }
    }
  }
});
