/**
 * `npm start`: the main job on a small shop's AWS account on 127.0.0.1, with the bundled function woken as serverless.yml
 * wires it. `-- --quiet` prints the summary, `-- --json` everything for a program.
 */
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { RULE_IDS } from '../../shared/core/rules.ts';
import type { Call } from '../calls.ts';
import { seedShop } from '../fleet/shop.ts';
import { installHub } from '../hub/hub.ts';
import { invokeInProcess } from '../hub/invoke.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { openActing } from './acting.ts';
import { EXPORT_ALARM, playActing } from './acting-story.ts';
import { playAlarms } from './alarm-story.ts';
import { indented } from './indented.ts';
import { playOffHours } from './off-hours-story.ts';
import { playResizes } from './resize-story.ts';
import { type Loudness, paintVerdicts, type Screen, screenFor } from './screen.ts';
import { playSnapshots } from './snapshot-story.ts';
import { playSpend, SALE, seedSpend } from './spend-story.ts';
import { scheduledEvent, type Wired, wire } from './wiring.ts';

const EXTERNAL_ID = 'demo-external-id-of-the-shop';

/** The Monday morning of the demo, 06:30 in Seoul. */
const TICK = new Date('2026-11-22T21:30:00Z');

/** A small fleet: 5 % of it would be less than one, so the shop allows itself half. What is unused is proposed at once. */
const IDLE = { cap: { share: '50%' }, notice: '0d' };

const POLICY = {
  timezone: 'Asia/Seoul',
  scopes: [
    { account: '111111111111', regions: ['ap-northeast-2', 'us-east-1'] },
    { account: '222222222222', regions: ['ap-northeast-2', 'us-east-1'] },
  ],
  defaults: { mode: 'approve', savings: 'list' },
  approvers: [{ accounts: '*', principals: ['arn:aws:iam::123456789012:role/sre-*'] }],
  dependents: [{ resource: 'reports-2023', alarms: [EXPORT_ALARM] }],
  rules: {
    ...Object.fromEntries(RULE_IDS.map((id) => [id, { mode: 'off' }])),
    'idle-database': IDLE,
    'idle-instance': IDLE,
  },
  spend: { tag: 'team', planned: [SALE] },
};

const { values } = parseArgs({
  options: { quiet: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const loudness: Loudness = values.json ? 'json' : values.quiet ? 'quiet' : 'full';
const screen = screenFor(loudness);
const began = performance.now();
let lambdaUrl = '';

const wiring = await screen.step('bundling and packaging as serverless.yml says', () =>
  wire({ externalId: EXTERNAL_ID, timezone: POLICY.timezone }),
);
const sandbox = await screen.step('starting an AWS account on 127.0.0.1', () =>
  startSandbox({ now: TICK, region: wiring.region }),
);
try {
  const truth = seedShop(sandbox, { externalId: EXTERNAL_ID });
  const planted = seedSpend(sandbox, EXTERNAL_ID);
  const hub = await installHub(sandbox, { policy: POLICY, ...wiring });
  for (const name of ['pause', 'halt'])
    sandbox.estate.hub.region(wiring.region).ssm.put(`/lamplighter/prod/${name}`, 'off');
  const acting = await screen.step('starting Lambda for durable functions', () => openActing({ sandbox, hub, wiring }));
  lambdaUrl = acting.url;
  const rightSize = wiring.functions.find(({ name }) => name === 'right-size');
  if (!rightSize?.schedule) throw new Error('serverless.yml schedules no function right-size');
  const { schedule } = rightSize;

  screen.title('A small online shop');
  screen.detail(
    `2 accounts, 2 regions, ${truth.all().length} databases and instances. Nobody remembers what all of them are for.\n` +
      `The policy is stored; what is found waits for an approval. Schedule: ${schedule.expression} ${schedule.timezone}.`,
  );

  screen.title('The schedule wakes right-size');
  sandbox.calls.clear();
  const event = scheduledEvent(schedule, TICK);
  await screen.step(`the bundle (${rightSize.bundleKb} KB) gets ${JSON.stringify(event)}`, () =>
    wake(rightSize, event),
  );
  const calls = sandbox.calls.tally();

  const sent = sandbox.messages(hub.topicArn).map(({ subject = '', message }) => ({
    subject,
    ...(JSON.parse(message) as { default: string; email: string }),
  }));
  screen.title('What SNS sends by mail');
  for (const { subject, email } of sent) {
    screen.line(pc.bold(subject));
    screen.detail(`${indented(email)}\n`);
  }

  screen.title('Every verdict, and why');
  const { result: table } = await wake(rightSize, {
    ...(event as object),
    rules: ['idle-database', 'idle-instance'],
    format: 'table',
  });
  screen.detail(paintVerdicts(String(table)));

  screen.title('The same tick, delivered a second time');
  const before = sandbox.messages(hub.topicArn).length;
  await screen.step('the same event again', () => wake(rightSize, event));
  screen.detail(
    `${sandbox.messages(hub.topicArn).length - before} messages more: a tick is recorded and announced once.`,
  );

  const watchSpend = wiring.functions.find(({ name }) => name === 'watch-spend') as Wired;
  const spending = { screen, sandbox, hub, acting, wake: (event: unknown) => wake(watchSpend, event) };
  const { spend } = await playSpend(spending, planted);

  const tick = () => wake(rightSize, scheduledEvent(schedule, sandbox.clock.now()));
  const { savings } = await playActing({ screen, sandbox, hub, acting, tick });
  const looking = (event: object) => wake(rightSize, event);
  const { resizes } = await playResizes({ screen, sandbox, hub, acting, externalId: EXTERNAL_ID, wake: looking });

  const databases = wiring.functions.find(({ name }) => name === 'snapshot-databases') as Wired;
  const backingUp = { screen, sandbox, hub, acting, externalId: EXTERNAL_ID };
  const { snapshots } = await playSnapshots({ ...backingUp, wake: (event) => wake(databases, event) });

  const officeHours = wiring.functions.find(({ name }) => name === 'off-hours') as Wired;
  const closing = { screen, sandbox, hub, acting, externalId: EXTERNAL_ID };
  const { offHours } = await playOffHours({ ...closing, wake: (event) => wake(officeHours, event) });

  const { alarms } = await playAlarms({ screen, sandbox, hub, acting, externalId: EXTERNAL_ID });

  finish(screen, { sandbox, calls, sent, table, savings, spend, resizes, snapshots, offHours, alarms });
  await acting.close();
  hub.dynamodb.destroy();
} finally {
  await sandbox.close();
  await wiring.clear();
}

function wake(wired: Wired, event: unknown) {
  const env = { ...sandbox.env, ...wired.env, AWS_ENDPOINT_URL_LAMBDA: lambdaUrl, LOG_LEVEL: 'SILENT' };
  return invokeInProcess({ file: wired.file, env, event, now: arrivalOf(event) });
}

/** A scheduled event comes at its time, a person's now. */
function arrivalOf(event: unknown): Date {
  const { time } = event as { time?: string };
  return time ? new Date(time) : sandbox.clock.now();
}

interface Played {
  readonly sandbox: Sandbox;
  readonly calls: ReadonlyMap<string, number>;
  readonly sent: readonly { readonly subject: string; readonly default: string; readonly email: string }[];
  readonly table: unknown;
  readonly savings: string;
  readonly spend: string;
  readonly resizes: string;
  readonly snapshots: string;
  readonly offHours: string;
  readonly alarms: readonly string[];
}

function finish(
  { title, line }: Screen,
  { sandbox, calls, sent, table, savings, spend, resizes, snapshots, offHours, alarms }: Played,
): void {
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const messages = sent.map(({ default: facts, email }) => ({ facts: JSON.parse(facts) as unknown, text: email }));
  if (loudness === 'json') {
    console.log(
      JSON.stringify(
        {
          messages,
          calls: Object.fromEntries(calls),
          table,
          savings,
          spend,
          resizes,
          snapshots,
          offHours,
          alarms,
          seconds,
        },
        undefined,
        2,
      ),
    );
    return;
  }
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
  title('Done');
  const changes = sandbox.calls.all().filter(isChange);
  const byOperation = [...Map.groupBy(changes, ({ operation }) => operation)];
  line(`Looking took ${total} API calls (${callsInWords(calls)}), none of which changes anything in an account.`);
  line(
    `Acting changed ${changes.length} things: ${byOperation.map(([operation, { length }]) => `${operation} ${length}`).join(', ')}. ${seconds} s.`,
  );
}

function isChange({ operation, service }: Call): boolean {
  const isInAnAccount = ['rds', 'ec2', 'autoscaling', 'ecs', 'application-autoscaling'].includes(service);
  return isInAnAccount && /^(Stop|Start|Create|Copy|Delete|Modify|Update|Register)/.test(operation);
}

function callsInWords(calls: ReadonlyMap<string, number>): string {
  const byService = new Map<string, number>();
  for (const [operation, count] of calls) {
    const service = operation.split(':')[0] ?? '';
    byService.set(service, (byService.get(service) ?? 0) + count);
  }
  return [...byService].map(([service, count]) => `${service} ${count}`).join(', ');
}
