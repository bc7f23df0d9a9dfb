import {
  LONGEST_SESSION_MINUTES,
  SESSION_TYPES,
  type SessionStatus,
  type SessionType,
} from '@mentorline/domain';
import { Types } from 'mongoose';
import { leadByFirst } from './rarest-first.ts';
import { EVER } from './session.model.ts';
import type { Session } from './session.store.ts';
import { categoryKey } from './session-keys.ts';

/** Whose sessions somebody may see. */
export type SessionScope =
  | { kind: 'organisation'; organisationId: string }
  | { kind: 'mentor'; mentorId: string }
  | { kind: 'mentee'; menteeId: string; organisationIds: readonly string[] };

/** What a search has found to look for: sessions with all words in the title, and sessions of the mentors. */
export interface SessionSearch {
  /** As typed, folded. */
  words: readonly string[];
  /** By organisation: of each word those of its titles that begin so. */
  titleWords: ReadonlyMap<string, readonly (readonly string[])[]>;
  mentorIds: readonly string[];
  /** False: there are more words or mentors that begin so, whose sessions are left out. */
  isWhole: boolean;
}

export interface SessionQuery {
  /** Any of these makes a session visible. */
  scopes: readonly SessionScope[];
  search?: SessionSearch;
  status?: SessionStatus;
  type?: SessionType;
  mentorId?: string;
  /** Value of an option. */
  category?: string;
  /** Start not before, and before. */
  from?: Date;
  to?: Date;
  direction: 1 | -1;
  after?: { start: Date; id: string };
  limit: number;
}

/** Where sessions of a scope are looked for. */
interface Place {
  conditions: object[];
  /** Of a place that holds any number of sessions; undefined for what one person has. */
  organisationId?: string;
  /** Of a place with one mentor's sessions only. */
  mentorId?: string;
}

function placesOf(scope: SessionScope, type?: SessionType): Place[] {
  const inOrganisation = (id: string, ...conditions: object[]): Place => ({
    organisationId: id,
    conditions: [{ organisationId: new Types.ObjectId(id) }, ...conditions],
  });
  const ofType = type === undefined ? [] : [{ type }];
  if (scope.kind === 'organisation') return [inOrganisation(scope.organisationId, ...ofType)];
  if (scope.kind === 'mentor') {
    const { mentorId } = scope;
    return [{ mentorId, conditions: [{ mentorId: new Types.ObjectId(mentorId) }, ...ofType] }];
  }
  return [
    { conditions: [{ 'mentees.userId': new Types.ObjectId(scope.menteeId) }, ...ofType] },
    ...(type === 'PRIVATE' ? [] : scope.organisationIds.map((id) => inOrganisation(id, { type: 'PUBLIC' }))),
  ];
}

/** Whether any of the scopes shows the session. */
export function isShownBy(
  scopes: readonly SessionScope[],
  {
    organisationId,
    type,
    mentorId,
    mentees,
  }: Pick<Session, 'organisationId' | 'type' | 'mentorId' | 'mentees'>,
): boolean {
  return scopes.some((scope) => {
    if (scope.kind === 'organisation') return scope.organisationId === organisationId;
    if (scope.kind === 'mentor') return scope.mentorId === mentorId;
    const isHeld = mentees.some(({ userId }) => userId === scope.menteeId);
    return isHeld || (type === 'PUBLIC' && scope.organisationIds.includes(organisationId));
  });
}

function statusConditions(status: SessionStatus | undefined, now: Date): object[] {
  switch (status) {
    case undefined:
    case 'CANCELLED':
      return [];
    case 'PUBLISHED':
      return [{ start: { $gt: now } }];
    case 'LIVE': {
      // None that lasts still can have begun earlier: bounds the index.
      const earliest = new Date(now.getTime() - LONGEST_SESSION_MINUTES * 60_000);
      return [{ start: { $gte: earliest, $lte: now } }, { end: { $gte: now } }];
    }
    case 'COMPLETED':
      return [{ start: { $lt: now } }, { end: { $lt: now } }];
  }
}

/** What narrows a list down without deciding which index is read. */
function commonConditions({ status, from, to, after, direction }: SessionQuery, now: Date): object[] {
  const conditions = statusConditions(status, now);
  if (from) conditions.push({ start: { $gte: from } });
  if (to) conditions.push({ start: { $lt: to } });
  if (after) {
    const { start, id } = after;
    const past = direction === 1 ? '$gt' : '$lt';
    conditions.push(
      // Bounds the index: with the alternatives below alone each page reads all those before it.
      { start: { [`${past}e`]: start } },
      { $or: [{ start: { [past]: start } }, { start, _id: { [past]: new Types.ObjectId(id) } }] },
    );
  }
  return conditions;
}

/** In a place of many sessions the words lead; in one of few they are looked at on the way. */
function wordConditions({ words, titleWords }: SessionSearch, organisationId?: string): object[] {
  const begun = organisationId === undefined ? undefined : titleWords.get(organisationId);
  return begun ? leadByFirst(begun) : words.map((word) => ({ searchKeys: { $regex: `^${word}` } }));
}

/**
 * Conditions of the ways in which a session in the place can match. Each way is read in order of start from one
 * index, so that they can be merged instead of sorted: equalities in front of `start`, and no range.
 */
function waysOf(place: Place, { search, category, mentorId, type }: SessionQuery): object[][] {
  const { organisationId } = place;
  const ofCategory = category === undefined ? [] : [{ categories: category }];
  const onlyMentor = mentorId ?? place.mentorId;
  if (mentorId && place.mentorId && mentorId !== place.mentorId) return [];
  if (onlyMentor) {
    const ofMentor = place.mentorId
      ? ofCategory
      : [{ mentorId: new Types.ObjectId(onlyMentor) }, ...ofCategory];
    const isFound = !search || search.mentorIds.includes(onlyMentor);
    return [isFound ? ofMentor : [...ofMentor, ...wordConditions(search)]];
  }
  if (search) {
    const mentorIds = search.mentorIds.map((id) => new Types.ObjectId(id));
    return [
      [...wordConditions(search, organisationId), ...ofCategory],
      ...(mentorIds.length > 0 ? [[{ mentorId: { $in: mentorIds } }, ...ofCategory]] : []),
    ];
  }
  if (organisationId === undefined) return [ofCategory];
  if (category !== undefined) return [[{ searchKeys: categoryKey(category) }]];
  return [type ? [] : [{ type: { $in: SESSION_TYPES } }]];
}

/**
 * Only the plain list of an organisation is read from the index of sessions that are not cancelled: asked for in words
 * that this index does not have, the others leave it out of the planner's choice, which would read all of it to find
 * few. (A `$type` would be as good, but for the index of a mentor's sessions, which cannot answer it.)
 */
function cancelledCondition({ status, search, category, mentorId }: SessionQuery): object {
  if (status === 'CANCELLED') return { cancelledAt: { $gt: EVER } };
  const isPlain = !search && category === undefined && !mentorId;
  return { cancelledAt: isPlain ? null : { $not: { $gt: EVER } } };
}

/**
 * The filter of a query, one whole alternative for each way in which a session can match it.
 * @returns undefined: none can
 */
export function filterOf(query: SessionQuery, now: Date): object | undefined {
  const common = [cancelledCondition(query), ...commonConditions(query, now)];
  const alternatives = query.scopes
    .flatMap((scope) => placesOf(scope, query.type))
    .flatMap((place) =>
      waysOf(place, query).map((way) => ({ $and: [...place.conditions, ...way, ...common] })),
    );
  if (alternatives.length === 0) return undefined;
  return alternatives.length === 1 ? alternatives[0]! : { $or: alternatives };
}
