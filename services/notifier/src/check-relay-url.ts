/** What may stand behind the `?` of `SMTP_URL`, and what it may be. */
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  name: /./u,
  localAddress: /./u,
  authMethod: /./u,
  requireTLS: /^(?:true|false)$/u,
  ignoreTLS: /^(?:true|false)$/u,
  'tls.rejectUnauthorized': /^(?:true|false)$/u,
  'tls.servername': /./u,
  'tls.minVersion': /^TLSv1\.[0-3]$/u,
};
const INSTEAD: Readonly<Record<string, string>> = {
  proxy:
    'relays are reached directly; let SMTP_URL name one that can be, such as one of your own that passes mails on',
  maxConnections: 'set WORKER_CONCURRENCY',
};

/**
 * Looks at the parameters of a relay's address. The library that reads it takes any of its options there: one that it does not
 * follow would be ignored without a word, others would write mails to the log, or undo what is set elsewhere.
 * @returns a sentence for each that cannot be used, with nothing of the address that is secret
 */
export function checkRelayUrl(url: string): string[] {
  if (!URL.canParse(url)) return ['SMTP_URL is no URL: user and password need percent-encoding'];
  return [...new URL(url).searchParams].flatMap(([name, value]) => {
    const allowed = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (allowed?.test(value)) return [];
    if (allowed) return [`SMTP_URL: its parameter ${name} must match ${allowed.source}`];
    const instead =
      (Object.hasOwn(INSTEAD, name) && INSTEAD[name]) ||
      `take it out; there are ${Object.keys(PARAMETERS).join(', ')}`;
    return [`SMTP_URL: its parameter ${name} is not supported: ${instead}`];
  });
}
