import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { vi } from 'vitest';
import type { AccountReport } from '../../functions/remediate-alarm/report.ts';
import type { AlarmEvent } from '../../sandbox/estate/alarm-change.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { changesIn, recordedChangesIn } from '../../shared/aws/ledger/changes.ts';
import { remediationLedger } from '../../shared/aws/ledger/remediation.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Remediation, RemediationMemory } from '../../shared/core/remediation/memory.ts';
import { MOST } from '../../shared/core/remediation/terms.ts';
import { openScene, type Scene, type SceneOptions, say, steady } from './carry-out.ts';
import { change } from './change-specimen.ts';
import { plan } from './plan-specimen.ts';
import { once } from './remedies.ts';

export const ACCOUNT = '111111111111';
const SEOUL = 'ap-northeast-2';
const GIB = 1024 ** 3;

/** Runbooks act by themselves as far as they go. */
const AUTO = { timezone: 'Asia/Seoul', remediation: { modes: MOST } };

/** A hub and an account with alarms, with carry-out behind it. */
export async function openNight({ policy = {}, ...options }: SceneOptions = {}): Promise<Scene> {
  const scene = await openScene({
    ...options,
    policy: { ...AUTO, ...policy, remediation: acting(policy.remediation) },
  });
  process.env.CARRY_OUT_ARN = `arn:aws:lambda:${SEOUL}:${scene.hub.account}:function:carry-out:live`;
  return scene;
}

function acting(remediation: unknown) {
  const { modes, ...more } = (remediation ?? {}) as { readonly modes?: object };
  return { ...more, modes: { ...MOST, ...modes } };
}

/** An alarm that is quiet. */
export function quiet({ region, sandbox }: Scene, name: string, watches: Partial<MetricAlarm>): void {
  const since = new Date(sandbox.clock.now().getTime() - 3_600_000);
  region.cloudwatch.alarms.set(name, {
    AlarmName: name,
    AlarmArn: arnOf(name),
    Statistic: 'Minimum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    ActionsEnabled: true,
    StateValue: 'OK',
    StateReason: 'Threshold Crossed: 1 datapoint [2.0] was not less than the threshold (1.0).',
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
    ...watches,
  });
}

/** A composite that is quiet, on when any of its children is. */
export function composite({ region, sandbox }: Scene, name: string, children: readonly string[]): void {
  const since = new Date(sandbox.clock.now().getTime() - 3_600_000);
  region.cloudwatch.compositeAlarms.set(name, {
    AlarmName: name,
    AlarmArn: arnOf(name),
    AlarmRule: children.map((child) => `ALARM("${child}")`).join(' OR '),
    ActionsEnabled: true,
    StateValue: 'OK',
    StateReason: `${name} was created`,
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
  });
}

export const arnOf = (name: string): string => `arn:aws:cloudwatch:${SEOUL}:${ACCOUNT}:alarm:${name}`;

/** It changes now, and EventBridge tells of it. */
export function turned(
  { region }: Scene,
  name: string,
  to: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' = 'ALARM',
  brought: Parameters<typeof region.cloudwatch.turn>[2] = { by: 'data', values: [to === 'ALARM' ? 1 : 2] },
): AlarmEvent {
  const event = region.cloudwatch.turn(name, to, brought);
  if (!event) throw new Error(`${name} is ${to} already`);
  return event;
}

/** The database itself as the sandbox has it. */
export const storedDatabase = ({ region }: Scene, name: string) => {
  const found = region.rds.instances.get(name);
  if (!found) throw new Error(`no database ${name}`);
  return found;
};

/**
 * A database of 100 GiB of which 8 are free, and 2 fewer every day; and the alarm on it, which is quiet. It is OK again some
 * minutes after the database has grown.
 */
export function filling(scene: Scene, name: string, { helps = true, ...more }: Readonly<Record<string, unknown>> = {}) {
  const { region, sandbox } = scene;
  const stored = region.rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    StorageType: 'gp3',
    AllocatedStorage: 100,
    Iops: 3000,
    StorageThroughput: 125,
    ...more,
  });
  const began = sandbox.clock.now().getTime();
  const metric = { namespace: 'AWS/RDS', metric: 'FreeStorageSpace', dimensions: { DBInstanceIdentifier: name } };
  region.cloudwatch.series(metric, function* (periodSeconds, start, end) {
    for (let at = start; at < end; at += periodSeconds * 1000) {
      yield { at, value: (8 + (2 * (began - at)) / 86_400_000) * GIB };
    }
  });
  const alarm = `${name}-storage`;
  quiet(scene, alarm, {
    Namespace: 'AWS/RDS',
    MetricName: 'FreeStorageSpace',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 10 * GIB,
  });
  const hasGrown = () => (stored.AllocatedStorage ?? 0) > 100;
  const end = () => region.cloudwatch.alarms.get(alarm)?.StateValue === 'ALARM' && turned(scene, alarm, 'OK');
  if (helps) once(scene, hasGrown, () => void sandbox.clock.after(300_000, () => void end()));
  return { stored, alarm };
}

/** An instance whose status check is about to fail, and the alarm on it. It is OK again a minute after it is well. */
export function failing(scene: Scene, name: string, check: 'system' | 'instance', helps = true) {
  const { region, sandbox } = scene;
  const stored = region.ec2.addInstance({
    InstanceType: 'm7g.large',
    LaunchTime: new Date('2026-10-01T08:00:00Z'),
    Tags: [{ Key: 'Name', Value: name }],
  });
  const { InstanceId: id } = stored;
  const alarm = `${name}-status`;
  quiet(scene, alarm, {
    Namespace: 'AWS/EC2',
    MetricName: 'StatusCheckFailed',
    Dimensions: [{ Name: 'InstanceId', Value: id }],
    Statistic: 'Maximum',
    Period: 60,
  });
  const until = !helps ? 'never' : check === 'system' ? 'start' : 'reboot';
  region.ec2.impairments.set(id, [{ check, since: sandbox.clock.now(), until }]);
  const isWell = () => !region.ec2.impairments.has(id);
  if (helps) once(scene, isWell, () => void sandbox.clock.after(60_000, () => void turned(scene, alarm, 'OK')));
  return { stored, alarm };
}

/** A database under load, and the alarm on its CPU. */
export function loaded(scene: Scene, name: string, more: Readonly<Record<string, unknown>> = {}) {
  const { region } = scene;
  const stored = region.rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    ...more,
  });
  for (const [metric, value] of [
    ['CPUUtilization', 97],
    ['DatabaseConnections', 180],
    ['FreeableMemory', GIB],
  ] as const) {
    steady(region, { namespace: 'AWS/RDS', metric, dimension: 'DBInstanceIdentifier', of: name, value });
  }
  const alarm = `${name}-cpu`;
  quiet(scene, alarm, {
    Namespace: 'AWS/RDS',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    Statistic: 'Average',
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 90,
  });
  return { stored, alarm };
}

/** What a run says of an account. */
export type Answered = AccountReport & { readonly said: string };

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** The handler that a scene's deliveries find warm. */
const warm = new WeakMap<Scene, Handler>();

/** Wakes remediate-alarm through its exported handler. */
export async function wake<Result = Answered[]>(scene: Scene, event: unknown, requestId = 'by-hand'): Promise<Result> {
  const handler = warm.get(scene) ?? (await coldStart());
  warm.set(scene, handler);
  return (await handler(event, contextOf(scene, requestId))) as Result;
}

async function coldStart(): Promise<Handler> {
  vi.resetModules();
  const { handler } = await import('../../functions/remediate-alarm/handler.ts');
  return handler as unknown as Handler;
}

const contextOf = ({ hub }: Scene, awsRequestId: string) => ({
  awsRequestId,
  functionName: 'lamplighter-remediate-alarm-prod',
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${SEOUL}:${hub.account}:function:lamplighter-remediate-alarm-prod`,
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 120_000,
});

interface Batch {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

let deliveries = 0;

/** The queue brings these, as one delivery; the messages are called `0`, `1`, ... @returns those that come again */
export async function deliver(scene: Scene, events: readonly unknown[]): Promise<string[]> {
  const Records = events.map((event, index) => ({
    messageId: `${index}`,
    body: typeof event === 'string' ? event : JSON.stringify(event),
  }));
  deliveries += 1;
  const { batchItemFailures } = await wake<Batch>(scene, { Records }, `delivery-${deliveries}`);
  await scene.lambda.settle();
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const tableOf = ({ hub }: Scene) => ({ client: hub.dynamodb, table: hub.table });

export const keptOf = (scene: Scene) => remediationLedger(tableOf(scene)).kept(ACCOUNT);

export async function memoryOf(scene: Scene): Promise<RemediationMemory> {
  const kept = await keptOf(scene);
  if (!kept) throw new Error('nothing is kept');
  return kept.memory;
}

/** A runbook's turn is remembered, as if a delivery before had had it. */
export async function remember(scene: Scene, turn: Remediation): Promise<void> {
  const ledger = remediationLedger(tableOf(scene));
  const memory = { alarms: [], remediations: [turn] };
  const nothing = { plans: [], messages: [], idle: [], holder: 'before', until: turn.at };
  await ledger.keep({ account: ACCOUNT, time: turn.at, memory, ...nothing }, undefined);
}

/** A person wants a resource left alone for so many days from now. */
export async function vetoed(scene: Scene, resource: string, days = 1): Promise<void> {
  const until = new Date(scene.sandbox.clock.now().getTime() + days * 86_400_000);
  await answerLedger(tableOf(scene)).recordVeto(ACCOUNT, { resource, until, by: 'kim', why: 'audit' });
}

/** What a plan did to a resource came to its end. */
export async function end(
  scene: Scene,
  { planId, arn }: { readonly planId: string; readonly arn: string },
): Promise<void> {
  const finishedAt = scene.sandbox.clock.now().toISOString();
  const [first] = plan().act;
  if (!first) throw new Error('a plan has an action');
  const proposal = { ...first, resource: { ...first.resource, arn } };
  const ended = change({ id: `${planId}/1`, planId, proposal, finishedAt });
  await recordedChangesIn(tableOf(scene)).recordChange(ended, undefined);
}

/** Everything that was done or tried, oldest first. */
export async function changesOf(scene: Scene): Promise<Change[]> {
  const changes = await changesIn(tableOf(scene)).changes(new Date(0));
  return changes.toReversed();
}

export interface Told {
  readonly subject: string;
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly severity: string | undefined;
}

/** What people were told by remediate-alarm, oldest first. */
export const toldBy = ({ sandbox, hub }: Scene): Told[] =>
  sandbox
    .messages(hub.topicArn)
    .filter(({ attributes }) => attributes.kind === 'remediation')
    .map(({ subject = '', message, attributes }) => {
      const { email, default: facts } = JSON.parse(message) as { email: string; default: string };
      return { subject, text: email, facts: JSON.parse(facts) as Told['facts'], severity: attributes.severity };
    });

/**
 * A burstable instance without CPU credits, and the alarm on them. Nothing turns it OK: what is earned pays surplus credits back
 * before the balance grows.
 */
export function exhausted(scene: Scene, name: string) {
  const { region } = scene;
  const stored = region.ec2.addInstance({ InstanceType: 't3.large', Tags: [{ Key: 'Name', Value: name }] });
  const { InstanceId: id } = stored;
  region.ec2.cpuCredits.set(id, 'standard');
  const alarm = `${name}-credits`;
  quiet(scene, alarm, {
    Namespace: 'AWS/EC2',
    MetricName: 'CPUCreditBalance',
    Dimensions: [{ Name: 'InstanceId', Value: id }],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 10,
  });
  return { stored, alarm };
}

/** A person lets the newest plan happen. */
export async function approve(scene: Scene): Promise<void> {
  const [plan] = (await keptOf(scene))?.plans ?? [];
  if (!plan) throw new Error('nothing waits');
  await say(scene, plan, { say: 'approve' });
  await scene.lambda.settle();
}
