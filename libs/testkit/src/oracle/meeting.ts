import type { OracleMeeting } from './world.ts';

const PLATFORMS: Record<string, string> = {
  '': 'BBB',
  bbb: 'BBB',
  bigbluebutton: 'BBB',
  meet: 'GOOGLE_MEET',
  googlemeet: 'GOOGLE_MEET',
  whatsapp: 'WHATSAPP',
  zoom: 'ZOOM',
};

const HOSTS: Record<string, RegExp> = {
  GOOGLE_MEET: /^meet\.google\.com$/u,
  WHATSAPP: /^(?:chat\.whatsapp\.com|call\.whatsapp\.com|wa\.me)$/u,
  ZOOM: /^(?:.+\.)?(?:zoom\.us|zoom\.com|zoomgov\.com)$/u,
};

export const platformOf = (text: string): string | undefined =>
  PLATFORMS[text.toLowerCase().replaceAll(/[\s_]/gu, '')];

/** Reads the three cells, and puts the codes of what is wrong with them into `codes`. */
export function readMeeting(
  cells: { platform: string; link: string; passcode: string },
  codes: string[],
): OracleMeeting {
  const { link, passcode } = cells;
  const platform = platformOf(cells.platform);
  const none = { platform: platform ?? '', link: null, meetingId: null, passcode: null };
  if (cells.platform === '' && link !== '') codes.push('MEETING_PLATFORM_MISSING');
  else if (platform === undefined) codes.push('MEETING_PLATFORM_INVALID');
  else if (platform === 'BBB') {
    if (link !== '') codes.push('MEETING_LINK_NOT_ALLOWED');
    if (passcode !== '') codes.push('FIELD_INVALID');
  } else if (link === '') return { ...none, passcode: passcode || null };
  else {
    const url = URL.canParse(link) ? new URL(link) : undefined;
    if (url?.protocol !== 'https:' || !HOSTS[platform]!.test(url.hostname) || url.pathname === '/') {
      codes.push('MEETING_LINK_INVALID');
    } else {
      const zoom = platform === 'ZOOM';
      const meetingId = (zoom && /^\/(?:j|w|s)\/(\d+)/u.exec(url.pathname)?.[1]) || null;
      const pwd = zoom ? url.searchParams.get('pwd') : null;
      return { platform, link: url.href, meetingId, passcode: passcode || pwd };
    }
  }
  return none;
}
