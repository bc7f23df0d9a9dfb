/** `npm start`: the whole product on this machine, until Ctrl-C. */
import { resolve } from 'node:path';
import { DEMO_ORGANISATIONS, DEMO_PASSWORD } from './demo-accounts.ts';
import { launch } from './launcher.ts';
import { requireFreePort } from './ports.ts';
import { StartError } from './start-error.ts';
import { type Suite, startSuite } from './suite.ts';

const DEFAULT_PORT = 3000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readPort(text: string | undefined): number {
  if (!text) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new StartError(`PORT=${text} is not a port; give a number from 1 to 65535.`);
  }
  return port;
}

function welcome(suite: Suite, dataDir: string): string {
  const { servers } = suite;
  const lines = [
    '',
    'Mentorline is running.',
    '',
    `  Gateway        ${suite.gatewayUrl}`,
    `  API reference  ${suite.gatewayUrl}/docs`,
    `  Mail inbox     ${servers.inboxUrl ?? 'none: mail goes to SMTP_URL'}`,
    ...(servers.inbox ? [`                 ${servers.inbox.dir}`] : []),
    `  Data           ${dataDir}`,
    `  Logs           ${resolve(dataDir, 'logs')}`,
    '',
  ];
  if (!servers.ownMongodb) {
    lines.push('  Your own MongoDB: no demo accounts. Make the first account with `npm run admin`.');
  } else {
    lines.push(`  Demo accounts (password ${DEMO_PASSWORD})`);
    for (const { name, accounts } of DEMO_ORGANISATIONS) {
      lines.push(`    ${name}`);
      for (const { email, roles } of accounts) lines.push(`      ${email.padEnd(29)} ${roles.join(', ')}`);
    }
  }
  return [...lines, '', 'Ctrl-C stops everything.'].join('\n');
}

await launch(async (launcher) => {
  const dataDir = resolve(process.env.DATA_DIR || '.data');
  const port = readPort(process.env.PORT);
  await requireFreePort(port, 'PORT');
  say('Starting …');
  const suite = await startSuite({ dataDir, env: process.env, port, say });
  launcher.stopWith(async () => {
    await suite.stop();
    say('Stopped.');
  });
  say(welcome(suite, dataDir));
  throw new StartError(`${await suite.failed}\nStopping everything.`);
}, 0);
