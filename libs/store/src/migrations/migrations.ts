import { DEFAULT_SETTINGS } from '@mentorline/domain';
import type { MailDocument } from '../mail.model.ts';
import { KEEP_MAILS_MS } from '../mail.store.ts';
import type { Models } from '../models.ts';
import type { OrganisationDocument } from '../organisation.model.ts';
import type { SearchWordStore } from '../search-word.store.ts';
import type { SessionDocument } from '../session.model.ts';
import { sessionKeys, titleWords } from '../session-keys.ts';
import { nextReminder } from '../session-telling.ts';
import type { UserDocument } from '../user.model.ts';
import { userKeys } from '../user-keys.ts';
import { backfill, type Progress } from './backfill.ts';

export interface MigrationDeps {
  models: Models;
  searchWords: Pick<SearchWordStore, 'ensureWords'>;
}

/**
 * A step from a database of an earlier version to one of this. It may be run again after it broke off, and while the
 * services run. A name is never used for anything else, and what stands in the list stays there.
 */
export interface Migration {
  name: string;
  /** For whoever watches. */
  what: string;
  /** Versions that do not know it refuse to start afterwards: what they would write or read is no longer right. */
  breaksOlder: boolean;
  run(deps: MigrationDeps, progress: Progress): Promise<void>;
}

const MISSING = { $exists: false };

/** In the order in which they are run. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: '2026-11-user-keys',
    what: 'users are found by name, address and role',
    breaksOlder: false,
    run: ({ models }, progress) =>
      backfill<UserDocument>(models.User.collection, progress, {
        lacking: { $or: [{ nameKey: MISSING }, { searchKeys: MISSING }] },
        madeFrom: ['name', 'email', 'designation', 'roles', 'active'],
        set: ({ designation = null, ...user }) => userKeys({ ...user, designation }),
      }),
  },
  {
    name: '2026-11-session-keys',
    what: 'sessions are found by the words of their titles and by category',
    breaksOlder: false,
    run: ({ models, searchWords }, progress) =>
      backfill<SessionDocument>(models.Session.collection, progress, {
        lacking: { searchKeys: MISSING },
        madeFrom: ['title', 'categories'],
        prepare: (sessions) =>
          searchWords.ensureWords(
            sessions.flatMap(({ organisationId, title }) =>
              titleWords(title).map((word) => ({ organisationId: organisationId.toHexString(), word })),
            ),
          ),
        set: (session) => ({ searchKeys: sessionKeys(session) }),
      }),
  },
  {
    name: '2026-11-session-reminders',
    what: 'people are reminded of sessions that were made before there were reminders',
    breaksOlder: false,
    run: ({ models }, progress) =>
      backfill<SessionDocument>(models.Session.collection, progress, {
        lacking: { cancelledAt: null, tellAt: MISSING, start: { $gt: new Date() } },
        madeFrom: ['start', 'cancelledAt', 'tellAt'],
        set({ start }) {
          const remindAt = nextReminder(start, new Date());
          return remindAt && { remindAt, tellAt: remindAt };
        },
      }),
  },
  {
    name: '2026-11-mail-letterheads',
    what: "mails that still wait bear their organisation's name and colour",
    breaksOlder: false,
    async run({ models }, progress) {
      const organisations = new Map<string, OrganisationDocument>();
      for await (const found of models.Organisation.collection.find<OrganisationDocument>({})) {
        organisations.set(found._id.toHexString(), found);
      }
      await backfill<MailDocument>(models.Mail.collection, progress, {
        lacking: { status: { $in: ['pending', 'sending'] }, letterhead: MISSING },
        madeFrom: ['letterhead'],
        set({ organisationId }) {
          const organisation = organisations.get(organisationId.toHexString());
          const { brandColor } = { ...DEFAULT_SETTINGS, ...organisation?.settings };
          return { letterhead: { organisationName: organisation?.name ?? '', brandColor } };
        },
      });
    },
  },
  {
    name: '2026-11-mail-expiry',
    what: 'mails that were sent or given up leave the outbox in time',
    breaksOlder: false,
    run: ({ models }, progress) =>
      backfill<MailDocument>(models.Mail.collection, progress, {
        lacking: { status: { $in: ['sent', 'failed'] }, expiresAt: MISSING },
        madeFrom: ['status'],
        set: ({ sentAt }) => ({ expiresAt: new Date((sentAt ?? new Date()).getTime() + KEEP_MAILS_MS) }),
      }),
  },
];
