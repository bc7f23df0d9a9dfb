import type { FieldNames } from './draft.ts';
import { type RowError, rowError } from './messages.ts';
import type { Meeting, MeetingPlatform } from './session.ts';
import { hasControls, isLongerThan } from './text.ts';

/** What people call the platforms; the enum's own names match too, as `_` and white space do not count. */
const PLATFORMS: ReadonlyMap<string, MeetingPlatform> = new Map([
  ['bbb', 'BBB'],
  ['bigbluebutton', 'BBB'],
  ['meet', 'GOOGLE_MEET'],
  ['googlemeet', 'GOOGLE_MEET'],
  ['whatsapp', 'WHATSAPP'],
  ['zoom', 'ZOOM'],
]);

const LINKED: Readonly<
  Record<Exclude<MeetingPlatform, 'BBB'>, { name: string; hosts: readonly string[]; subDomains: boolean }>
> = {
  GOOGLE_MEET: { name: 'Google Meet', hosts: ['meet.google.com'], subDomains: false },
  WHATSAPP: {
    name: 'WhatsApp',
    hosts: ['chat.whatsapp.com', 'call.whatsapp.com', 'wa.me'],
    subDomains: false,
  },
  ZOOM: { name: 'Zoom', hosts: ['zoom.us', 'zoom.com', 'zoomgov.com'], subDomains: true },
};

export const LONGEST_LINK = 2048;
export const LONGEST_PASSCODE = 255;
const NOT_FOR_BBB = 'should be empty for BigBlueButton';

/** Where a platform's links lead, sub-domains of a host included for `ZOOM`; none: it takes no link. */
export function platformHosts(platform: MeetingPlatform): readonly string[] {
  return platform === 'BBB' ? [] : LINKED[platform].hosts;
}

/** `/j/1`, `/w/1`, `/s/1`, `/wc/1/join`, `/wc/join/1`, `/launch/jc/1`; a personal link (`/my/name`) has no id. */
const ZOOM_ID = /^\/(?:j|w|s|wc|wc\/join|launch\/jc)\/(\d{1,20})(?:\/|$)/u;

interface MeetingCells {
  readonly platform: string;
  readonly link: string;
  readonly passcode: string;
  readonly meetingId?: string;
}

const BBB_ON_DEMAND: Meeting = { platform: 'BBB', link: null, meetingId: null, passcode: null };

/**
 * Reads where a session meets; texts are trimmed, blank means not given. The link is never requested.
 * @returns `meeting` is undefined exactly where there are errors
 */
export function readMeeting(
  cells: MeetingCells,
  names: FieldNames,
): { meeting: Meeting | undefined; errors: RowError[] } {
  const { link, passcode } = cells;
  const meetingId = cells.meetingId ?? '';
  if (cells.platform === '' && link !== '') {
    return { meeting: undefined, errors: [rowError('MEETING_PLATFORM_MISSING', 'platform', '')] };
  }
  const platform = readPlatform(cells.platform);
  if (platform === undefined) {
    return { meeting: undefined, errors: [rowError('MEETING_PLATFORM_INVALID', 'platform', cells.platform)] };
  }
  const errors: RowError[] = [];
  if (platform === 'BBB') {
    if (link !== '') errors.push(rowError('MEETING_LINK_NOT_ALLOWED', 'link', link));
    if (meetingId !== '')
      errors.push(rowError('FIELD_INVALID', 'meetingId', meetingId, names.meetingId, NOT_FOR_BBB));
    if (passcode !== '')
      errors.push(rowError('FIELD_INVALID', 'passcode', passcode, names.passcode, NOT_FOR_BBB));
    return { meeting: errors.length === 0 ? BBB_ON_DEMAND : undefined, errors };
  }

  const url = link === '' ? undefined : readLink(link, platform);
  if (link !== '' && url === undefined) {
    errors.push(rowError('MEETING_LINK_INVALID', 'link', link, LINKED[platform].name));
  }
  const id = meetingId.replace(/[\s-]/gu, '');
  if (id !== '' && (platform === 'ZOOM' ? !/^\d{1,20}$/u.test(id) : isUnfit(meetingId))) {
    errors.push(
      rowError('FIELD_INVALID', 'meetingId', meetingId, names.meetingId, 'the digits of a meeting id'),
    );
  }
  if (isLongerThan(passcode, LONGEST_PASSCODE)) {
    errors.push(rowError('FIELD_TOO_LONG', 'passcode', passcode, names.passcode, LONGEST_PASSCODE));
  } else if (hasControls(passcode)) {
    errors.push(
      rowError('FIELD_INVALID', 'passcode', passcode, names.passcode, 'text without control characters'),
    );
  }
  if (errors.length > 0) return { meeting: undefined, errors };

  const fromLink = platform === 'ZOOM' && url !== undefined ? readZoomLink(url) : undefined;
  const given = platform === 'ZOOM' ? id : meetingId;
  return {
    meeting: {
      platform,
      link: url?.href ?? null,
      meetingId: given || (fromLink?.meetingId ?? null),
      passcode: passcode || (fromLink?.passcode ?? null),
    },
    errors,
  };
}

/** By any of its names; blank is BigBlueButton. */
export function readPlatform(text: string): MeetingPlatform | undefined {
  return text === '' ? 'BBB' : PLATFORMS.get(text.replace(/[\s_-]/gu, '').toLowerCase());
}

/** Whether a published session still waits for its link; BigBlueButton's is made on demand. */
export function meetingToCome(meeting: Meeting): boolean {
  return meeting.platform !== 'BBB' && meeting.link === null;
}

function isUnfit(text: string): boolean {
  return hasControls(text) || isLongerThan(text, LONGEST_PASSCODE);
}

function readLink(text: string, platform: Exclude<MeetingPlatform, 'BBB'>): URL | undefined {
  // The URL parser drops line breaks and turns backslashes round; what people then see is another link.
  if (text.length > LONGEST_LINK || /[\s\p{Cc}\p{Cs}\\]/u.test(text)) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const { hosts, subDomains } = LINKED[platform];
  const hostKnown = hosts.some(
    (host) => url.hostname === host || (subDomains && url.hostname.endsWith(`.${host}`)),
  );
  const plain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.port === '';
  // A bare host opens the platform's front page, not a meeting.
  return hostKnown && plain && url.pathname !== '/' ? url : undefined;
}

function readZoomLink(url: URL): { meetingId: string | null; passcode: string | null } {
  const passcode = url.searchParams.get('pwd') ?? '';
  return {
    meetingId: ZOOM_ID.exec(url.pathname)?.[1] ?? null,
    passcode: passcode === '' || isUnfit(passcode) ? null : passcode,
  };
}
