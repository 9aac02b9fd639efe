import { onTestFinished, vi } from 'vitest';
import { followTime, seedMathRandom } from '../../sandbox/durable/determinism.ts';
import type { Execution } from '../../sandbox/durable/execution.ts';
import { listenLambda } from '../../sandbox/durable/http/listen.ts';
import { openOutsideCalls } from '../../sandbox/durable/http/outside-calls.ts';
import type { Runtime } from '../../sandbox/durable/invocation.ts';
import { Lambda } from '../../sandbox/durable/lambda.ts';
import { inProcess } from '../../sandbox/durable/runtimes/in-process.ts';
import { historyOf } from '../../sandbox/estate/alarm-change.ts';
import { functionEnv, type Hub, installHub } from '../../sandbox/hub/hub.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { type Change, inverseOf } from '../../shared/core/change.ts';
import { nameOfPart, type Part, type Plan, type Proposal, partsOf, sealPlan } from '../../shared/core/plan.ts';
import { type Policy, parsePolicy } from '../../shared/core/policy.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'ap-northeast-2';
const TICK = new Date('2026-11-22T21:30:00Z');
export const PERSON = 'arn:aws:sts::123456789012:assumed-role/sre-oncall/kim';

/** A hub whose function carry-out runs on the sandbox's clock, and an account that it may act in. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly lambda: Lambda;
  /** Kills the function at the n-th call that it makes to AWS. */
  readonly outside: Awaited<ReturnType<typeof openOutsideCalls>>;
  readonly region: ReturnType<ReturnType<Sandbox['estate']['account']>['region']>;
  /** The policy in the ledger. */
  readonly policy: Policy;
}

export interface SceneOptions {
  readonly policy?: Record<string, unknown>;
  readonly durations?: SandboxOptions['durations'];
}

export const POLICY = {
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  defaults: { mode: 'approve' },
  approvers: [{ accounts: '*', principals: ['arn:aws:iam::123456789012:role/sre-*'] }],
};

export async function openScene({ policy = {}, durations = {} }: SceneOptions = {}): Promise<Scene> {
  const sandbox = await startSandbox({ now: TICK, region: REGION, durations });
  onTestFinished(() => sandbox.close());
  for (const role of ['lamplighter-look', 'lamplighter-act']) {
    sandbox.estate.account(ACCOUNT).role(role, { externalId: 'lamplighter' });
  }
  const switches = sandbox.estate.hub.region(REGION).ssm;
  for (const name of ['pause', 'halt']) switches.put(`/lamplighter/prod/${name}`, 'off');
  const hub = await installHub(sandbox, { policy: { ...POLICY, ...policy } });
  onTestFinished(() => hub.dynamodb.destroy());

  const lambda = new Lambda({ clock: sandbox.clock });
  const outside = await openOutsideCalls(lambda, sandbox.url);
  onTestFinished(() => outside.close());
  const api = await listenLambda({ lambda });
  onTestFinished(() => api.close());
  onTestFinished(followTime(() => sandbox.clock.now().getTime()));
  onTestFinished(seedMathRandom());

  Object.assign(process.env, functionEnv(sandbox, hub), {
    AWS_ENDPOINT_URL: outside.url,
    AWS_ENDPOINT_URL_LAMBDA: api.url,
    ACT_ROLE_NAME: 'lamplighter-act',
    PAUSE_PARAMETER: '/lamplighter/prod/pause',
    HALT_PARAMETER: '/lamplighter/prod/halt',
  });
  lambda.register('carry-out', {
    runtime: aliveUntilKilled(lambda),
    durable: { executionTimeoutSeconds: 90 * 86_400 },
  });
  return {
    sandbox,
    hub,
    lambda,
    outside,
    region: sandbox.estate.account(ACCOUNT).region(REGION),
    policy: parsePolicy({ ...POLICY, ...policy }),
  };
}

/** The exported handler, loaded anew after every death: what it kept in memory dies with it. */
function aliveUntilKilled(lambda: Lambda): Runtime {
  let alive: { readonly since: number; readonly run: Runtime } | undefined;
  return async (event, invocation) => {
    const deaths = lambda.executions.all().reduce((sum, { crashes }) => sum + crashes, 0);
    if (alive?.since !== deaths) {
      vi.resetModules();
      const { handler } = await import('../../functions/carry-out/handler.ts');
      alive = { since: deaths, run: inProcess(handler as never) };
    }
    return alive.run(event, invocation);
  };
}

/** An idle database with forty days of metrics that say so. */
export function idleDatabase({ region }: Scene, name: string, more: Record<string, unknown> = {}) {
  const born = new Date(TICK.getTime() - 90 * 86_400_000);
  const database = region.rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    InstanceCreateTime: born,
    ...more,
  });
  for (const [metric, value] of [
    ['DatabaseConnections', 0],
    ['ReadIOPS', 0.2],
    ['WriteIOPS', 0.6],
  ] as const) {
    steady(region, { namespace: 'AWS/RDS', metric, dimension: 'DBInstanceIdentifier', of: name, value });
  }
  return database;
}

interface Steady {
  readonly namespace: string;
  readonly metric: string;
  readonly dimension: string;
  readonly of: string;
  readonly value: number;
}

/** One value for as far back as anybody asks. */
export function steady(region: Scene['region'], { namespace, metric, dimension, of, value }: Steady): void {
  const name = { namespace, metric, dimensions: { [dimension]: of } };
  region.cloudwatch.series(name, function* (periodSeconds, start, end) {
    for (let at = start; at < end; at += periodSeconds * 1000) yield { at, value };
  });
}

/** An idle Aurora cluster with two members. */
export function idleCluster(scene: Scene, name: string) {
  const { rds } = scene.region;
  const cluster = rds.addCluster({
    DBClusterIdentifier: name,
    ClusterCreateTime: new Date(TICK.getTime() - 90 * 86_400_000),
  });
  for (const member of ['1', '2']) idleDatabase(scene, `${name}-${member}`, { DBClusterIdentifier: name });
  return cluster;
}

/** A running instance with weeks of metrics that say that it does nothing. */
export function idleInstance({ region }: Scene, name: string, more: Parameters<typeof region.ec2.addInstance>[0] = {}) {
  const instance = region.ec2.addInstance({
    InstanceType: 'm5.large',
    LaunchTime: new Date(TICK.getTime() - 90 * 86_400_000),
    Tags: [{ Key: 'Name', Value: name }],
    ...more,
  });
  for (const [metric, value] of [
    ['CPUUtilization', 1.5],
    ['NetworkIn', 1000],
    ['NetworkOut', 1000],
  ] as const) {
    steady(region, { namespace: 'AWS/EC2', metric, dimension: 'InstanceId', of: instance.InstanceId, value });
  }
  return instance;
}

/** What right-size adds to an action, whatever it is. */
export const PROPOSED = {
  mode: 'approve',
  because: 'nobody used it at any time in 35 days',
  saving: { known: true, value: { monthly: { currency: 'USD', amount: 200 }, basis: 'list', stillBilled: [] } },
  undo: { reversibility: 'full' },
} as const satisfies Partial<Proposal>;

/** The proposal that right-size would make for the database. */
export function stopOf(database: ReturnType<typeof idleDatabase>, more: Partial<Proposal> = {}): Proposal {
  const { DBInstanceArn: arn, DBInstanceIdentifier: name, DbiResourceId: id = '' } = database;
  return {
    ...PROPOSED,
    rule: 'idle-database',
    action: { kind: 'stop-database', database: { arn, id }, expect: { status: 'available', form: 'instance' } },
    resource: { arn, name, region: REGION, what: 'db.r6g.large postgres' },
    ...more,
  };
}

export function stopOfCluster(cluster: ReturnType<typeof idleCluster>): Proposal {
  const { DBClusterArn: arn, DBClusterIdentifier: name, DbClusterResourceId: id = '' } = cluster;
  return {
    ...PROPOSED,
    rule: 'idle-database',
    action: { kind: 'stop-database', database: { arn, id }, expect: { status: 'available', form: 'cluster' } },
    resource: { arn, name, region: REGION, what: '2 x db.r6g.large aurora-postgresql' },
  };
}

export function stopOfInstance(instance: ReturnType<typeof idleInstance>, more: Partial<Proposal> = {}): Proposal {
  const { InstanceId: id, InstanceType: instanceType = '', Tags = [] } = instance;
  const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`;
  return {
    ...PROPOSED,
    rule: 'idle-instance',
    action: { kind: 'stop-instance', instance: { arn, id }, expect: { state: 'running', instanceType } },
    resource: { arn, name: Tags[0]?.Value ?? id, region: REGION, what: instanceType },
    ...more,
  };
}

/** What the function answer proposes when a person takes a change back. */
export const takingBack = (proposal: Proposal): Proposal => ({
  ...proposal,
  mode: 'approve',
  action: inverseOf(proposal.action) ?? proposal.action,
  because: 'kim takes it back',
  saving: { known: false, why: 'taking a change back saves nothing' },
});

/** An alarm that goes off now, on nothing in particular. */
export const ring = (scene: Scene, name: string): void => become(scene, name, 'ALARM');

/** An alarm that is quiet from now on. */
export const hush = (scene: Scene, name: string): void => become(scene, name, 'OK');

function become({ region: { cloudwatch }, sandbox }: Scene, name: string, StateValue: 'OK' | 'ALARM'): void {
  const now = sandbox.clock.now();
  const alarm = {
    AlarmName: name,
    AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`,
    StateValue,
    StateReason: `Threshold Crossed: 1 datapoint was ${StateValue === 'OK' ? 'not ' : ''}greater than the threshold.`,
    StateUpdatedTimestamp: now,
    StateTransitionedTimestamp: now,
  };
  cloudwatch.alarmHistory.push(historyOf(alarm, { from: cloudwatch.alarms.get(name) ?? {}, at: now }));
  cloudwatch.alarms.set(name, alarm);
}

/** Lets something happen while the next gate is asked: it has looked at the resource, and nothing is done yet. */
export function duringGate({ sandbox }: Scene, happen: () => void): void {
  const { parameters } = sandbox.estate.hub.region(REGION).ssm;
  const get = parameters.get.bind(parameters);
  parameters.get = (name) => {
    parameters.get = get;
    happen();
    return get(name);
  };
}

export function flip({ sandbox }: Scene, which: 'pause' | 'halt', value: 'on' | 'off'): void {
  sandbox.estate.hub.region(REGION).ssm.put(`/lamplighter/prod/${which}`, value);
}

interface HandOver {
  readonly time?: Date;
  readonly function?: string;
  /** Said before the execution starts, as a person's undo is. */
  readonly approved?: boolean;
  /** So long after one another its parts are started. Default: all at once. */
  readonly apart?: Parameters<Lambda['advance']>[0];
}

/** Records the plan as its function would have, announced and handed over, and starts its executions. */
export async function handOver(
  scene: Scene,
  act: readonly Proposal[],
  options: HandOver = {},
): Promise<{ plan: Plan; execution: Execution; executions: readonly Execution[] }> {
  const { hub, lambda, sandbox } = scene;
  const { time = sandbox.clock.now(), approved = false } = options;
  const draft = { account: ACCOUNT, time, act, deferred: [], leave: [], unreadable: [] };
  const plan = sealPlan({ function: options.function ?? 'right-size', ...draft }, scene.policy);
  const ledger = dynamoLedger({ client: hub.dynamodb, table: hub.table });
  const run = await ledger.record(plan, 'digest');
  await ledger.announced(run, run.time);
  await ledger.handedOver(run);
  if (approved) await say(scene, plan, { say: 'approve' });
  const start = (part: Part) => lambda.start({ functionName: 'carry-out:live', payload: part, name: nameOfPart(part) });
  const executions: Execution[] = [];
  for (const part of partsOf(plan)) {
    executions.push(start(part));
    if (options.apart) await lambda.advance(options.apart);
  }
  const [execution] = executions;
  if (!execution) throw new Error('a plan has at least one part');
  return { plan, execution, executions };
}

/** A person's word, written and woken as the function answer does it. */
export async function say(
  { hub, lambda, sandbox }: Scene,
  plan: Plan,
  answer: { say: 'approve' | 'veto'; actions?: number[]; note?: string },
): Promise<void> {
  const ledger = answerLedger({ client: hub.dynamodb, table: hub.table });
  const at = sandbox.clock.now().toISOString();
  await ledger.recordAnswer(plan, { planId: plan.id, hash: plan.hash, by: PERSON, at, ...answer });
  for (const callback of await ledger.callbacksOf(plan.id)) {
    if (lambda.callbacks.waiting().includes(callback)) lambda.callbacks.succeed(callback, '"answered"');
  }
}

/** What the ledger says of one action of the plan. */
export async function changeOf({ hub }: Scene, plan: Plan, number = 1): Promise<Change | undefined> {
  return answerLedger({ client: hub.dynamodb, table: hub.table }).change(`${plan.id}/${number}`);
}

export async function outcomesOf(scene: Scene, plan: Plan): Promise<(string | undefined)[]> {
  const changes = await Promise.all(plan.act.map((_, index) => changeOf(scene, plan, index + 1)));
  return changes.map((change) => change?.outcome);
}

/** What the ledger says of everything that was done since some time. */
export const changesSince = ({ hub }: Scene, since: Date): Promise<readonly Change[]> =>
  answerLedger({ client: hub.dynamodb, table: hub.table }).changes(since);

/** What people were told, oldest first. */
export const told = ({ sandbox, hub }: Scene) =>
  sandbox.messages(hub.topicArn).map(({ subject, message, attributes }) => ({
    subject,
    text: (JSON.parse(message) as { email: string }).email,
    severity: attributes.severity,
  }));

/** Operations that change an estate. */
const MUTATION = /^(Start|Stop|Create|Delete|Modify|Reboot|Terminate|Run)(DB|Instance|Snapshot|Volume)/;

type Names = Readonly<Record<string, unknown>>;

/** The mutations that took effect, in their order. */
export const mutations = ({ sandbox }: Scene): string[] =>
  sandbox.calls
    .all()
    .filter(({ operation, outcome }) => outcome === 'ok' && MUTATION.test(operation))
    .map(({ operation, input }) => {
      const { InstanceIds, InstanceId, VolumeId, DBInstanceIdentifier, DBClusterIdentifier } = input as Names;
      return `${operation} ${InstanceIds ?? InstanceId ?? VolumeId ?? DBInstanceIdentifier ?? DBClusterIdentifier}`;
    });

/** Somebody is connected, on every day that anybody asks about. */
export function connect({ region }: Scene, of: string): void {
  steady(region, {
    namespace: 'AWS/RDS',
    metric: 'DatabaseConnections',
    dimension: 'DBInstanceIdentifier',
    of,
    value: 3,
  });
}
