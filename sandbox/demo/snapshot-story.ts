import { RULE_IDS } from '../../shared/core/rules.ts';
import { DAY } from '../clock.ts';
import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import { backUpDaily } from '../services/rds/automated-snapshots.ts';
import type { Acting } from './acting.ts';
import { indented } from './indented.ts';
import type { Screen } from './screen.ts';
import { type } from './terminal.ts';

/** An account of the shop's whose databases nobody has looked after. */
const ACCOUNT = '555555555555';
const REGION = 'ap-northeast-2';
const OFF_SITE = 'ap-northeast-1';

const keyIn = (region: string): string => `arn:aws:kms:${region}:${ACCOUNT}:key/7d1c0f8e-2b53-4c7a-9e61-0c4f5a9d3b12`;

const POLICY = {
  timezone: 'Asia/Seoul',
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  defaults: { mode: 'report', savings: 'list' },
  approvers: [{ accounts: '*', principals: ['arn:aws:iam::123456789012:role/sre-*'] }],
  rules: Object.fromEntries(RULE_IDS.map((id) => [id, { mode: 'off' }])),
  snapshots: {
    mode: 'auto',
    tiers: { daily: 14, weekly: 4, monthly: 0, yearly: 0 },
    keepAtLeast: 1,
    copyTo: [{ name: 'tokyo', region: OFF_SITE, kmsKey: keyIn(OFF_SITE) }],
  },
};

export interface SnapshotStage {
  readonly screen: Screen;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly acting: Acting;
  readonly externalId: string;
  /** Wakes snapshot-databases. */
  readonly wake: (event: object) => Promise<{ readonly result: unknown }>;
}

/** A night after two weeks of missed ones: what is caught up, copied off-site and deleted, and a database with nothing. */
export async function playSnapshots(stage: SnapshotStage): Promise<{ readonly snapshots: string }> {
  const { screen, sandbox, hub, acting } = stage;
  const { rds } = sandbox.estate.account(ACCOUNT).region(REGION);
  screen.title('Are there backups? snapshot-databases looks after another account');
  seed(stage);
  await hub.storePolicy(POLICY);
  await acting.lambda.advance({ days: 1 }); // AWS makes its first backup
  await screen.step('a first night: payments has backups of its own, one is kept', () => night(stage));
  await screen.step('nobody wakes it for two weeks; somebody creates wiki, without backups', async () => {
    await acting.lambda.advance({ days: 7 });
    rds.addInstance({ DBInstanceIdentifier: 'wiki', Engine: 'mysql', AllocatedStorage: 20, BackupRetentionPeriod: 0 });
    await acting.lambda.advance({ days: 6 });
  });

  const heard = sandbox.messages(hub.topicArn).length;
  await screen.step('the next night', () => night(stage));
  for (const { subject = '', message, attributes } of sandbox.messages(hub.topicArn).slice(heard)) {
    screen.line(subject);
    if (attributes.kind !== 'changes') screen.detail(`${indented(mailOf(message))}\n`);
  }
  const prune = planIn(stage, 'prune-snapshots', heard);
  await type(stage, 'approve', prune);
  await screen.step('until it is done', () => acting.lambda.advance({ hours: 6 }));

  screen.title('One night later: what there is, and what should be');
  await screen.step('the night', () => night(stage));
  const { result: table } = await stage.wake({ database: 'payments', format: 'table' });
  screen.detail(`${indented(String(table))}\n`);
  const from = dayBefore(sandbox.clock.now(), 21);
  const { result: calendar } = await stage.wake({
    from,
    to: dayBefore(sandbox.clock.now(), -1),
    database: 'payments',
    format: 'table',
  });
  screen.detail(indented(weeksIn(String(calendar))));
  asTold(stage);
  return { snapshots: String(table) };
}

/** One database with backups and an old snapshot that no tier needs any more. */
function seed({ sandbox, externalId }: SnapshotStage): void {
  const account = sandbox.estate.account(ACCOUNT);
  for (const role of ['lamplighter-look', 'lamplighter-act']) account.role(role, { externalId });
  const { rds } = account.region(REGION);
  const now = sandbox.clock.now().getTime();
  const payments = rds.addInstance({
    DBInstanceIdentifier: 'payments',
    Engine: 'postgres',
    AllocatedStorage: 200,
    BackupRetentionPeriod: 14,
    KmsKeyId: keyIn(REGION),
    InstanceCreateTime: new Date(now - 300 * DAY),
  });
  const old = new Date(now - 60 * DAY);
  rds.addSnapshot(payments, {
    DBSnapshotIdentifier: OLD,
    SnapshotCreateTime: old,
    OriginalSnapshotCreateTime: old,
    TagList: [{ Key: 'lamplighter:database', Value: payments.DbiResourceId ?? '' }],
  });
  backUpDaily(rds);
}

const OLD = 'lamplighter-payments-of-autumn';

/** Time goes on to half past one in Seoul, the schedule wakes it, and carry-out has some hours. */
async function night({ sandbox, acting, wake }: SnapshotStage): Promise<void> {
  const now = sandbox.clock.now();
  const tonight = new Date(`${now.toISOString().slice(0, 10)}T16:30:00Z`);
  const time = tonight > now ? tonight : new Date(tonight.getTime() + DAY);
  await acting.lambda.advanceTo(time);
  await wake({ time: time.toISOString() });
  await acting.lambda.advance({ hours: 3 });
}

const mailOf = (message: string): string => (JSON.parse(message) as { email: string }).email;

/** The id of the plan of which a message since then tells. */
function planIn({ sandbox, hub }: SnapshotStage, name: string, since: number): string {
  for (const { message } of sandbox.messages(hub.topicArn).slice(since)) {
    const facts = JSON.parse((JSON.parse(message) as { default: string }).default) as { plans?: { plan: string }[] };
    const found = facts.plans?.find(({ plan }) => plan.startsWith(name));
    if (found) return found.plan;
  }
  throw new Error(`no message tells of a plan of ${name}`);
}

const dayBefore = (now: Date, days: number): string => new Date(now.getTime() - days * DAY).toISOString().slice(0, 10);

/** Of a calendar the head and the weeks. */
const weeksIn = (calendar: string): string =>
  calendar
    .split('\n')
    .filter((line, index) => index === 0 || line.includes(' weekly '))
    .join('\n');

/** The missed week was caught up, a copy is off-site, the old one is gone, and wiki has its first. */
function asTold({ screen, sandbox }: SnapshotStage): void {
  const account = sandbox.estate.account(ACCOUNT);
  const own = [...account.region(REGION).rds.snapshots.values()].filter(
    ({ DBSnapshotIdentifier, Status }) => DBSnapshotIdentifier.startsWith('lamplighter-') && Status === 'available',
  );
  const of = (name: string) => own.filter(({ DBInstanceIdentifier }) => DBInstanceIdentifier === name).length;
  const copies = [...account.region(OFF_SITE).rds.snapshots.values()].filter(({ Status }) => Status === 'available');
  if (own.some(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier === OLD))
    throw new Error('the old one is still there');
  if (of('payments') < 3) throw new Error('the missed week was not caught up');
  if (of('wiki') === 0 || copies.length === 0) throw new Error('wiki has no snapshot, or nothing is off-site');
  screen.detail(
    `In the account: ${of('payments')} snapshots of payments, ${of('wiki')} of wiki; in ${OFF_SITE} ${copies.length} copies.`,
  );
}
