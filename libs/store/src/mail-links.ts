import { DAY_MS, HOUR_MS, newSecretToken } from '@mentorline/runtime';
import type { LinkPurpose } from './account-link.model.ts';
import type { AccountLinkStore } from './account-link.store.ts';
import type { Cause } from './cause.ts';
import type { MailStore } from './mail.store.ts';
import type { Organisation } from './organisation.store.ts';
import type { Transaction } from './transaction.ts';
import type { User } from './user.store.ts';

const LINK_LIFE_MS: Record<LinkPurpose, number> = { invitation: 7 * DAY_MS, 'password-reset': HOUR_MS };

/**
 * Makes links with which users set their passwords, one each, and puts the mails that bring them into the outbox; an
 * earlier one for the same purpose is good no more. However many they are, it takes four calls of the database.
 * @param letter.invitedBy name of whoever invites
 * @param letter.cause of the request that asked for it
 * @returns until when the links are good
 */
export async function mailLinks(
  {
    store: { accountLinks, mails },
    mailDomain,
  }: { store: { accountLinks: AccountLinkStore; mails: MailStore }; mailDomain: string },
  transaction: Transaction,
  letter: {
    purpose: LinkPurpose;
    organisation: Pick<Organisation, 'id' | 'name' | 'settings'>;
    invitedBy: string | null;
    at: Date;
    cause: Cause | null;
  },
  users: readonly Pick<User, 'id' | 'name' | 'email'>[],
): Promise<Date> {
  const { purpose, organisation, invitedBy, at, cause } = letter;
  const expiresAt = new Date(at.getTime() + LINK_LIFE_MS[purpose]);
  const tokens = users.map(() => newSecretToken());
  const links = users.map(({ id: userId }, index) => ({ userId, hash: tokens[index]!.hash, expiresAt }));
  const ids = await accountLinks.addLinks(transaction, purpose, links);
  // The outbox goes by the clock of the machines.
  const date = new Date();
  await mails.addAccountMails(
    transaction,
    purpose,
    users.map(({ name, email }, index) => ({
      linkId: ids[index]!,
      organisationId: organisation.id,
      to: { name, address: email },
      date,
      cause,
      account: {
        ...{ token: tokens[index]!.token, expiresAt, invitedBy },
        ...{ organisationName: organisation.name, timeZone: organisation.settings.timeZone },
      },
    })),
    mailDomain,
  );
  return expiresAt;
}
