import { DAY_MS, HOUR_MS } from '@mentorline/runtime';
import type { LinkPurpose, Organisation, Store, Transaction, User } from '@mentorline/store';
import { newSecretToken } from './secret-token.ts';

const LINK_LIFE_MS: Record<LinkPurpose, number> = { invitation: 7 * DAY_MS, 'password-reset': HOUR_MS };

/**
 * Makes a link with which a user sets their password, and puts the mail that brings it into the outbox.
 * @returns until when it is good
 */
export async function mailLink(
  { store, mailDomain }: { store: Pick<Store, 'accountLinks' | 'mails'>; mailDomain: string },
  transaction: Transaction,
  link: {
    purpose: LinkPurpose;
    user: User;
    organisation: Organisation;
    invitedBy: string | null;
    at: Date;
  },
): Promise<Date> {
  const { purpose, user, organisation, invitedBy, at } = link;
  const { token, hash } = newSecretToken();
  const expiresAt = new Date(at.getTime() + LINK_LIFE_MS[purpose]);
  const id = await store.accountLinks.addLink(transaction, { userId: user.id, purpose, hash, expiresAt });
  await store.mails.addAccountMail(
    transaction,
    { id, purpose },
    {
      organisationId: organisation.id,
      to: { name: user.name, address: user.email },
      // The outbox goes by the clock of the machines.
      date: new Date(),
      account: {
        ...{ token, expiresAt, invitedBy },
        ...{ organisationName: organisation.name, timeZone: organisation.settings.timeZone },
      },
    },
    mailDomain,
  );
  return expiresAt;
}
