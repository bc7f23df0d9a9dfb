import type { Role } from '@mentorline/domain';
import { hashPassword } from '@mentorline/runtime';
import { connectStore } from '@mentorline/store';

export const DEMO_PASSWORD = 'mentorline-demo';

interface DemoAccount {
  readonly email: string;
  readonly name: string;
  readonly designation: string;
  readonly roles: readonly Role[];
}

export const DEMO_ORGANISATIONS: readonly {
  readonly name: string;
  readonly accounts: readonly DemoAccount[];
}[] = [
  {
    name: 'Example Schools',
    accounts: [
      {
        email: 'manager@example.org',
        name: 'Priya Menon',
        designation: 'Programme manager',
        roles: ['session_manager'],
      },
      {
        email: 'admin@example.org',
        name: 'Sanjay Gupta',
        designation: 'Administrator',
        roles: ['org_admin', 'session_manager'],
      },
      { email: 'operator@example.org', name: 'Farah Khan', designation: 'Operator', roles: ['operator'] },
      { email: 'asha.rao@example.org', name: 'Asha Rao', designation: 'Head teacher', roles: ['mentor'] },
      {
        email: 'vikram.shah@example.org',
        name: 'Vikram Shah',
        designation: 'Block education officer',
        roles: ['mentor'],
      },
      { email: 'meera.iyer@example.org', name: 'Meera Iyer', designation: 'Teacher', roles: ['mentee'] },
      { email: 'arjun.nair@example.org', name: 'Arjun Nair', designation: 'Teacher', roles: ['mentee'] },
    ],
  },
  {
    name: 'Other Academy',
    accounts: [
      {
        email: 'manager@other.example.net',
        name: 'Tom Becker',
        designation: 'Programme manager',
        roles: ['session_manager'],
      },
      {
        email: 'lena.berg@other.example.net',
        name: 'Lena Berg',
        designation: 'Head teacher',
        roles: ['mentor'],
      },
    ],
  },
];

/** Made once a process: hashing is slow by design, and tests make these accounts again and again. */
let demoHash: Promise<string> | undefined;

/** Makes the demo accounts that are not there yet; their password is {@link DEMO_PASSWORD}. */
export async function createDemoAccounts(mongodbUrl: string): Promise<void> {
  const store = await connectStore({ uri: mongodbUrl });
  try {
    for (const { name, accounts } of DEMO_ORGANISATIONS) {
      const found = await Promise.all(accounts.map(({ email }) => store.users.findUserByEmail(email)));
      const missing = accounts.filter((_, index) => !found[index]);
      if (missing.length === 0) continue;
      demoHash ??= hashPassword(DEMO_PASSWORD);
      const passwordHash = await demoHash;
      const organisationId =
        found.find((user) => user !== undefined)?.organisationId ??
        (await store.organisations.createOrganisation({ name })).id;
      for (const account of missing)
        await store.users.createUser({ ...account, organisationId, passwordHash });
    }
  } finally {
    await store.close();
  }
}
