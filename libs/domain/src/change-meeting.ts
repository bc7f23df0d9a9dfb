import type { FieldNames } from './draft.ts';
import { readMeeting } from './meeting.ts';
import type { RowError } from './messages.ts';
import type { Meeting } from './session.ts';
import type { MeetingChange } from './session-change.ts';

/**
 * The stored meeting with what is asked for in its place. Another platform drops what belonged to the old one; a new
 * link brings its own meeting id and passcode unless they are given. What repeats the stored is not read again.
 * @param errors takes what is wrong with the new texts
 * @returns `undefined` exactly where there are errors
 */
export function changeMeeting(
  stored: Meeting,
  change: MeetingChange,
  names: FieldNames,
  errors: RowError[],
): Meeting | undefined {
  const platform = change.platform ?? stored.platform;
  const base =
    platform === stored.platform ? stored : { platform, link: null, meetingId: null, passcode: null };
  const link = change.link === base.link ? undefined : change.link;
  const meetingId = change.meetingId === base.meetingId ? undefined : change.meetingId;
  const passcode = change.passcode === base.passcode ? undefined : change.passcode;
  const texts = { link: link ?? '', meetingId: meetingId ?? '', passcode: passcode ?? '' };
  const read = readMeeting({ platform, ...texts }, names);
  if (read.meeting === undefined) {
    errors.push(...read.errors);
    return undefined;
  }
  const isOtherLink = link !== undefined && read.meeting.link !== base.link;
  const brought = isOtherLink ? read.meeting : base;
  return {
    platform,
    link: brought.link,
    // Read, as a Zoom id may be written with blanks.
    meetingId: meetingId
      ? read.meeting.meetingId
      : change.meetingId === undefined
        ? brought.meetingId
        : change.meetingId,
    passcode: change.passcode === undefined ? (brought.passcode ?? base.passcode) : change.passcode,
  };
}

export function isSameMeeting(a: Meeting, b: Meeting): boolean {
  return (
    a.platform === b.platform && a.link === b.link && a.meetingId === b.meetingId && a.passcode === b.passcode
  );
}
