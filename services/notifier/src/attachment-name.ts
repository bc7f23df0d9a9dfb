const LONGEST_BASE = 80;

/** A name any file system takes for the report of `fileName`: `sessions.csv` → `sessions-report.csv`. */
export function attachmentName(fileName: string, extension: '.csv' | '.csv.gz'): string {
  const base = fileName
    .replace(/\.[^.]{1,5}$/u, '')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\/:*?"<>|;%]+/gu, '_')
    .replace(/^[\s._]+|[\s._]+$/gu, '');
  const short = [...base].slice(0, LONGEST_BASE).join('').trimEnd();
  return `${short || 'import'}-report${extension}`;
}
