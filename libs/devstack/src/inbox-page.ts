import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { AddressObject } from 'mailparser';
import type { Inbox, InboxMessage } from './inbox.ts';
import { HOST } from './ports.ts';

const SHOWN = 100;
/** What a mail's own HTML may do: look as it does, and open its links elsewhere. */
const MAIL_MAY = 'allow-popups allow-popups-to-escape-sandbox';
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'";
const MAIL_POLICY = `sandbox ${MAIL_MAY}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'`;
const STYLE = `
:root { color-scheme: light dark; background: Canvas; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem .3rem 0; vertical-align: top; }
iframe { width: 100%; height: 50rem; border: 1px solid #888; background: #fff; } pre { white-space: pre-wrap; }`;

export interface InboxPage {
  readonly url: string;
  stop(): Promise<void>;
}

/** Shows what an inbox holds to a browser on this machine; changes nothing. */
export async function startInboxPage(inbox: Inbox): Promise<InboxPage> {
  const server = createServer((request, response) => {
    // A page of somewhere else that has its own name resolve to this machine is not shown anything.
    const { host = '' } = request.headers;
    if (host !== address() || (request.method !== 'GET' && request.method !== 'HEAD')) {
      return send(response, 403, 'text/plain', 'Only for looking, at the address that was printed.');
    }
    show(inbox, request.url ?? '/', response).catch((error: Error) =>
      send(response, 500, 'text/plain', error.message),
    );
  });
  const address = (): string => `${HOST}:${(server.address() as AddressInfo).port}`;
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    url: `http://${address()}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function show(inbox: Inbox, url: string, response: ServerResponse): Promise<void> {
  const [, name = '', part = ''] = url.split('/').map(decodeURIComponent);
  if (name === '') return send(response, 200, 'text/html', listPage(await inbox.messages(SHOWN)));
  const message = await inbox.message(name);
  if (!message) return send(response, 404, 'text/plain', 'There is no such mail.');
  switch (part) {
    case '':
      return send(response, 200, 'text/html', messagePage(message));
    case 'html':
      return send(response, 200, 'text/html', htmlOf(message), MAIL_POLICY);
    case 'raw':
      return send(response, 200, 'text/plain', message.raw);
    default:
      return send(response, 404, 'text/plain', 'A mail has no such part.');
  }
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  policy = PAGE_POLICY,
): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.end(body);
}

function listPage(messages: readonly InboxMessage[]): string {
  const rows = messages
    .toReversed()
    .map(({ file, mail }) => {
      const cells = [mail.date?.toISOString() ?? '', addresses(mail.to)].map(
        (text) => `<td>${asText(text)}</td>`,
      );
      const subject = asText(mail.subject || '(no subject)');
      return `<tr>${cells.join('')}<td><a href="/${pathOf(file)}">${subject}</a></td></tr>`;
    })
    .join('\n');
  const table = `<table><tr><th scope="col">Date</th><th scope="col">To</th><th scope="col">Subject</th></tr>\n${rows}</table>`;
  return page('Inbox', messages.length > 0 ? table : '<p>No mail yet. Load the page again later.</p>');
}

function messagePage({ file, mail }: InboxMessage): string {
  const path = pathOf(file);
  const facts = [
    ['From', mail.from?.text ?? ''],
    ['To', addresses(mail.to)],
    ['Date', mail.date?.toISOString() ?? ''],
    ['Message-ID', mail.messageId ?? ''],
    ['Attachments', mail.attachments.map(({ filename }) => filename ?? 'without a name').join(', ')],
  ].map(([name, value]) => `<tr><th scope="row">${name}</th><td>${asText(value!)}</td></tr>`);
  return page(
    mail.subject || '(no subject)',
    `<p><a href="/">All mails</a> · <a href="/${path}/raw">as received</a></p>
<table>${facts.join('')}</table>
${mail.html ? `<h2>HTML</h2><iframe sandbox="${MAIL_MAY}" src="/${path}/html" title="the mail"></iframe>` : ''}
<h2>Text</h2><pre>${asText(mail.text ?? '')}</pre>`,
  );
}

function htmlOf({ mail }: InboxMessage): string {
  return (mail.html || '').replace(/<head[^>]*>/iu, '$&<base target="_blank">');
}

function page(title: string, content: string): string {
  const shown = asText(title);
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${shown}</title><style>${STYLE}</style></head>
<body><main><h1>${shown}</h1>
${content}
</main></body></html>
`;
}

function addresses(to: AddressObject | AddressObject[] | undefined): string {
  return [to ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ');
}

function pathOf(file: string): string {
  return encodeURIComponent(basename(file));
}

function asText(text: string): string {
  return text.replace(/[&<>"']/gu, (sign) => `&#${sign.charCodeAt(0)};`);
}
