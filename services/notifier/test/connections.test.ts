import { setImmediate as turn } from 'node:timers/promises';
import { waitFor } from '@mentorline/testkit';
import fc from 'fast-check';
import t from 'tap';
import { openConnections } from '../src/connections.ts';
import type { Draft } from '../src/draft.ts';
import { openMailer } from '../src/mailer.ts';
import { startRelay } from './relay.ts';

const { signal: running } = new AbortController();

function mailTo(name: string): Draft {
  return {
    ...{ messageId: `<${name}@mentorline.test>`, date: new Date('2027-06-14T09:30:00Z') },
    from: { name: 'Mentoring', address: 'no-reply@mentoring.example.org' },
    to: { name, address: `${name}@example.org` },
    tells: {
      of: 'account',
      facts: {
        ...{ kind: 'password-reset', token: 'token', expiresAt: new Date('2027-06-14T10:30:00Z') },
        ...{ timeZone: 'Asia/Kolkata', invitedBy: null },
      },
      letterhead: { organisationName: 'Sunrise Schools', brandColor: '#0f5132' },
      publicUrl: 'https://mentoring.example.org',
    },
  };
}

/** A relay that keeps each message until it is told what to say of it. */
async function openRelay(t: Parameters<typeof startRelay>[0], connections: number) {
  const kept: { name: string; answer: (code: number) => void }[] = [];
  const relay = await startRelay(t, {
    message: (raw) =>
      new Promise((answer) => {
        kept.push({ name: /^To: (\S+) </mu.exec(raw.toString())![1]!, answer });
      }),
  });
  const mailer = openMailer({ url: relay.url, maxConnections: connections });
  t.teardown(() => mailer.close());
  const limited = openConnections(connections);
  const begun: string[] = [];
  const send = (name: string, signal = running, priority = 0) =>
    limited(signal, priority, async () => {
      begun.push(name);
      return mailer.send(await mailer.write(mailTo(name)));
    });
  const reach = (count: number) => waitFor(`${count} messages`, async () => kept.length === count);
  return { relay, kept, begun, send, reach };
}

t.test('as many mails go out at a time as there are connections, in the order they were given', async (t) => {
  const { kept, begun, send, reach } = await openRelay(t, 2);
  const names = ['one', 'two', 'three', 'four', 'five'];
  const sent = names.map((name) => send(name));
  for (let done = 0; done < names.length; done += 1) {
    await reach(Math.min(done + 2, names.length));
    t.same(begun, names.slice(0, done + 2), 'the next begins when a connection is free');
    kept[done]!.answer(250);
    await waitFor('it is sent', async () => begun.length >= Math.min(done + 3, names.length));
  }
  t.match(
    await Promise.all(sent),
    names.map(() => ({ outcome: 'accepted' })),
  );
});

t.test('what is urgent goes next, whatever waits already', async (t) => {
  const { kept, begun, send, reach } = await openRelay(t, 1);
  const sent = [
    ...['one', 'two', 'three'].map((name) => send(name, running, 2)),
    send('reminder', running, 1),
    ...['report', 'another-report'].map((name) => send(name, running, 0)),
  ];
  for (let done = 0; done < sent.length; done += 1) {
    await reach(done + 1);
    kept[done]!.answer(250);
  }
  await Promise.all(sent);
  t.same(begun, ['one', 'report', 'another-report', 'reminder', 'two', 'three']);
});

t.test('a mail that the relay refuses frees its connection for the next', async (t) => {
  const { kept, relay, send, reach } = await openRelay(t, 1);
  const sent = ['one', 'two', 'three'].map((name) => send(name));
  for (const [n, code] of [250, 550, 250].entries()) {
    await reach(n + 1);
    kept[n]!.answer(code);
  }
  t.match(await Promise.all(sent), [
    { outcome: 'accepted' },
    { outcome: 'refused' },
    { outcome: 'accepted' },
  ]);
  t.equal(relay.accepted.length, 2);
});

t.test('when the service stops, what waits leaves at once, and what is being sent is sent', async (t) => {
  const { kept, relay, begun, send, reach } = await openRelay(t, 1);
  const stopping = new AbortController();
  const reason = new Error('the service is stopping');
  const sending = send('sending', stopping.signal);
  const waiting = send('waiting', stopping.signal);
  const another = send('of-another-mind');
  await reach(1);
  stopping.abort(reason);
  t.equal(await waiting.catch((error: unknown) => error), reason, 'while the connection is still taken');
  t.equal(await send('too late', stopping.signal).catch((error: unknown) => error), reason);
  kept[0]!.answer(250);
  t.match(await sending, { outcome: 'accepted' });
  await reach(2);
  kept[1]!.answer(250);
  t.match(await another, { outcome: 'accepted' });
  t.same(begun, ['sending', 'of-another-mind'], 'nothing began that had left');
  t.equal(relay.offered.length, 2);
});

t.test('what fails, fails for itself: it is told why, and its connection is free', async (t) => {
  const limited = openConnections(1);
  const results = await Promise.allSettled([
    limited(running, 0, async () => 'one'),
    limited(running, 0, () => Promise.reject(new Error('a bug'))),
    limited(running, 0, async () => 'three'),
  ]);
  t.match(results, [{ value: 'one' }, { reason: { message: 'a bug' } }, { value: 'three' }]);
});

t.test('whatever fails or leaves: never more than the bound, and all that stay get their turn', async () => {
  const given = fc.record({
    bound: fc.integer({ min: 1, max: 4 }),
    /** `leavesAt`: the turn of the event loop at which it is told to. */
    mails: fc.array(
      fc.record({
        ...{ turns: fc.nat({ max: 4 }), fails: fc.boolean(), leavesAt: fc.option(fc.nat({ max: 20 })) },
        priority: fc.nat({ max: 2 }),
      }),
      { maxLength: 20 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(given, async ({ bound, mails }) => {
      const limited = openConnections(bound);
      const isBefore = (one: number, other: number): boolean =>
        mails[one]!.priority - mails[other]!.priority < (one < other ? 1 : 0);
      const begun: number[] = [];
      let atOnce = 0;
      let mostAtOnce = 0;
      const leavers = mails.map(({ leavesAt }) => ({ leavesAt, leave: new AbortController() }));
      const outcomes = mails.map(({ turns, fails, priority }, n) =>
        limited(leavers[n]!.leave.signal, priority, async () => {
          begun.push(n);
          atOnce += 1;
          mostAtOnce = Math.max(mostAtOnce, atOnce);
          for (let pause = 0; pause < turns; pause += 1) await turn();
          atOnce -= 1;
          if (fails) throw new Error('failed');
          return 'sent';
        }).catch((error: Error) => error.message),
      );
      for (let now = 0; now <= 20; now += 1) {
        for (const { leavesAt, leave } of leavers) if (leavesAt === now) leave.abort(new Error('left'));
        await turn();
      }
      const results = await Promise.all(outcomes);
      return (
        mostAtOnce <= bound &&
        // The first few find the connections free.
        begun.slice(bound).every((n, place, rest) => place === 0 || isBefore(rest[place - 1]!, n)) &&
        results.every((result, n) => {
          if (result === 'left') return !begun.includes(n) && mails[n]!.leavesAt !== null;
          return begun.includes(n) && result === (mails[n]!.fails ? 'failed' : 'sent');
        })
      );
    }),
  );
});
