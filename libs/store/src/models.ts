import type { Connection } from 'mongoose';
import { importPartitionSchema, importSchema } from './import.model.ts';
import { importResultSchema } from './import-result.model.ts';
import { leaseSchema } from './lease.model.ts';
import { mailSchema } from './mail.model.ts';
import { optionSchema } from './option.model.ts';
import { organisationSchema } from './organisation.model.ts';
import { mentorLockSchema, sessionSchema } from './session.model.ts';
import { userSchema } from './user.model.ts';

/** Every collection of the product on one connection. */
export function buildModels(connection: Connection) {
  return {
    connection,
    Organisation: connection.model('Organisation', organisationSchema),
    User: connection.model('User', userSchema),
    Option: connection.model('Option', optionSchema),
    Session: connection.model('Session', sessionSchema),
    MentorLock: connection.model('MentorLock', mentorLockSchema),
    Import: connection.model('Import', importSchema),
    ImportPartition: connection.model('ImportPartition', importPartitionSchema),
    ImportResult: connection.model('ImportResult', importResultSchema),
    Mail: connection.model('Mail', mailSchema),
    Lease: connection.model('Lease', leaseSchema),
  };
}

export type Models = ReturnType<typeof buildModels>;
