import type { Connection } from 'mongoose';
import { accountLinkSchema } from './account-link.model.ts';
import { auditSchema } from './audit.model.ts';
import { dryRunSessionSchema, dryRunUserSchema } from './dry-run.model.ts';
import { heartbeatSchema } from './heartbeat.model.ts';
import { idempotencyKeySchema } from './idempotency.model.ts';
import { importSchema } from './import.model.ts';
import { importResultSchema } from './import-result.model.ts';
import { importPartitionSchema, importShardSchema } from './import-shard.model.ts';
import { importTurnSchema } from './import-turn.model.ts';
import { leaseSchema } from './lease.model.ts';
import { mailSchema } from './mail.model.ts';
import { migrationSchema } from './migrations/migration.model.ts';
import { optionSchema } from './option.model.ts';
import { organisationSchema } from './organisation.model.ts';
import { refreshTokenSchema } from './refresh-token.model.ts';
import { searchWordSchema } from './search-word.model.ts';
import { mentorLockSchema, sessionSchema } from './session.model.ts';
import { suppressionSchema } from './suppression.model.ts';
import { userSchema } from './user.model.ts';

/** Every collection of the product on one connection. */
export function buildModels(connection: Connection) {
  return {
    connection,
    Organisation: connection.model('Organisation', organisationSchema),
    User: connection.model('User', userSchema),
    Option: connection.model('Option', optionSchema),
    Session: connection.model('Session', sessionSchema),
    SearchWord: connection.model('SearchWord', searchWordSchema),
    MentorLock: connection.model('MentorLock', mentorLockSchema),
    Import: connection.model('Import', importSchema),
    ImportPartition: connection.model('ImportPartition', importPartitionSchema),
    ImportShard: connection.model('ImportShard', importShardSchema),
    ImportTurn: connection.model('ImportTurn', importTurnSchema),
    DryRunSession: connection.model('DryRunSession', dryRunSessionSchema),
    DryRunUser: connection.model('DryRunUser', dryRunUserSchema),
    ImportResult: connection.model('ImportResult', importResultSchema),
    Audit: connection.model('Audit', auditSchema),
    RefreshToken: connection.model('RefreshToken', refreshTokenSchema),
    AccountLink: connection.model('AccountLink', accountLinkSchema),
    IdempotencyKey: connection.model('IdempotencyKey', idempotencyKeySchema),
    Mail: connection.model('Mail', mailSchema),
    Suppression: connection.model('Suppression', suppressionSchema),
    Migration: connection.model('Migration', migrationSchema),
    Lease: connection.model('Lease', leaseSchema),
    Heartbeat: connection.model('Heartbeat', heartbeatSchema),
  };
}

export type Models = ReturnType<typeof buildModels>;
