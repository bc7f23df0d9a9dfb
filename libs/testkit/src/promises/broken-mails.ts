import type { Inbox } from '@mentorline/devstack';
import type { Store } from '@mentorline/store';

/** An ended import has one mail; what came of it in the inbox are identical copies, one at least once it is sent. */
export async function brokenMails({ connection }: Store, inbox: Inbox | undefined): Promise<string[]> {
  const broken: string[] = [];
  const mails = await connection.collection('mails').find().toArray();
  for await (const { _id, status, mailId } of connection
    .collection('imports')
    .find({ status: { $in: ['completed', 'cancelled', 'failed'] } })) {
    const own = mails.filter(({ importId }) => String(importId) === String(_id));
    if (own.length !== 1) broken.push(`import ${_id} (${status}) has ${own.length} mails`);
    else if (String(own[0]!._id) !== String(mailId)) broken.push(`import ${_id} points to another mail`);
  }
  if (!inbox) return broken;
  const copies = new Map<string | undefined, Buffer[]>();
  for (const { mail, raw } of await inbox.messages()) {
    copies.set(mail.messageId, [...(copies.get(mail.messageId) ?? []), raw]);
  }
  for (const { messageId, lighterId = messageId, status } of mails) {
    if (status === 'sent' && !copies.has(lighterId)) broken.push(`mail ${lighterId} was sent and never came`);
    for (const id of [messageId, lighterId]) {
      const received = copies.get(id) ?? [];
      if (received.some((raw) => !raw.equals(received[0]!))) broken.push(`copies of ${id} differ`);
      copies.delete(id);
    }
  }
  for (const messageId of copies.keys()) broken.push(`a mail that nobody wrote: ${messageId}`);
  return broken;
}
