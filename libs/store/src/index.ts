export type { LinkPurpose } from './account-link.model.ts';
export { type Actor, type AuditEntry, type AuditQuery, DEPLOYMENT_ID } from './audit.store.ts';
export { backUpDatabase } from './backup/back-up-database.ts';
export { BackupError } from './backup/backup-folder.ts';
export { restoreDatabase } from './backup/restore-database.ts';
export type { Cause } from './cause.ts';
export { connectStore, type Store } from './connect.ts';
export { idsIn, toBooked, toCurrent } from './current-session.ts';
export type { UserQuery } from './directory.store.ts';
export type { Dismissed } from './dismiss.store.ts';
export { isDuplicateKey, isOwnFault, isUnavailable } from './failures.ts';
export type { RelayState } from './heartbeat.model.ts';
export type { Beat, Heartbeat } from './heartbeat.store.ts';
export type { KeptResponse } from './idempotency.model.ts';
export type { FinishedRequest, IdempotencyClaim } from './idempotency.store.ts';
export { isId, newId } from './ids.ts';
export {
  IMPORT_KINDS,
  IMPORT_MODES,
  type ImportKind,
  type ImportMode,
  type RowCounts,
} from './import.model.ts';
export { type AcceptedUpload, type Import, NO_ROWS } from './import.store.ts';
export type { ImportEvent, KeptEvents } from './import-event.ts';
export type { ImportLook, PartitionLook, ShardLook } from './import-look.store.ts';
export { type RowFault, type RowResult, statusMessage } from './import-result.model.ts';
export type { ImportProgress } from './import-run.store.ts';
export type { Suspect } from './import-shard.model.ts';
export { NOBODY } from './lease.ts';
export { type MongodbState, SLOW_SECONDS } from './look-at-mongodb.ts';
export {
  type AccountLetter,
  type Letterhead,
  MAIL_KINDS,
  MAIL_PRIORITIES,
  SESSION_MAIL_KINDS,
  type SessionLetter,
  type SessionMailKind,
} from './mail.model.ts';
export type { Mail, NewMail, SentMail } from './mail.store.ts';
export type { AgainRefusal, SentAgain } from './mail-again.store.ts';
export { mailLinks } from './mail-links.ts';
export type { MailLook } from './mail-look.store.ts';
export { migrateDatabase } from './migrations/migrate-database.ts';
export { isBehind, type LoadedCatalogue, type OptionClaim, type StoredOption } from './option.store.ts';
export type { Organisation, OrganisationChange } from './organisation.store.ts';
export type { SessionImage } from './session.model.ts';
export type { BookedSession, Session, StoredSession } from './session.store.ts';
export type { OpenSessionBook, SessionBook, SessionChanges } from './session-book.ts';
export type { DueSession } from './session-news.store.ts';
export { factsOf } from './session-news.store.ts';
export type { SessionQuery, SessionScope, SessionSearch } from './session-query.ts';
export type { Shard } from './shard.store.ts';
export type { Calendars, LockedMentors, SlotRequest } from './slot.store.ts';
export type { SuppressionReason } from './suppression.model.ts';
export { isAskedFor, isSuppressed, type Suppression } from './suppression.store.ts';
export type { Total } from './total.ts';
export type { Transaction, TransactionPool } from './transaction.ts';
export { transactionMetrics } from './transaction-metrics.ts';
export type { FoundPerson, User } from './user.store.ts';
export type { UserBook } from './user-book.ts';
