import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { followTime } from '../sandbox/durable/determinism.ts';
import { listenLambda } from '../sandbox/durable/http/listen.ts';
import { Lambda } from '../sandbox/durable/lambda.ts';
import { type Handler, inProcess } from '../sandbox/durable/runtimes/in-process.ts';
import { functionEnv, type Hub, installHub } from '../sandbox/hub/hub.ts';
import { invokeInProcess } from '../sandbox/hub/invoke.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { bundle } from '../scripts/bundle/bundle.ts';
import { RULE_IDS } from '../shared/core/rules.ts';

/** What off-hours takes. */
export interface OffHoursFigures {
  /** A tick that finds everything as it was, of the bundled function in a process of its own. */
  readonly quiet: {
    readonly resources: number;
    /** Every call of the tick, ledger and STS included. */
    readonly apiCalls: number;
    readonly byOperation: Readonly<Record<string, number>>;
    readonly wallMs: number;
    readonly peakRssMb: number;
  };
  readonly evening: TurnFigures;
  readonly morning: TurnFigures;
}

/** One turn of a schedule, with carry-out behind it. */
interface TurnFigures {
  readonly instances: number;
  readonly plans: number;
  readonly executions: number;
  /** Of the sandbox's clock, from the tick until the last one stands still, or runs. */
  readonly seconds: number;
  /** Until every execution has ended. */
  readonly secondsToTheEnd: number;
}

const ACCOUNT = '111111111111';
const REGION = 'ap-northeast-2';

/** A Monday in UTC, an hour before the evening. */
const NOW = new Date('2026-11-23T19:00:00Z');
const EVENING = new Date('2026-11-23T20:00:00Z');
const MORNING = new Date('2026-11-24T06:00:00Z');

const POLICY = {
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  rules: Object.fromEntries(RULE_IDS.map((id) => [id, { mode: 'off' }])),
  calendars: { office: { on: 'Mon-Fri 06:00-20:00' } },
  schedules: { office: { calendar: 'office', mode: 'auto' } },
};

const FLEET = { instances: 1500, databases: 300, groups: 150, services: 50 } as const;
const RESOURCES = Object.values(FLEET).reduce((sum, count) => sum + count, 0);
const AT_ONCE = 500;

export async function measureOffHours(): Promise<OffHoursFigures> {
  return { quiet: await measureQuiet(), ...(await measureTurns()) };
}

async function open(): Promise<{ sandbox: Sandbox; hub: Hub }> {
  const sandbox = await startSandbox({ now: NOW, region: REGION });
  for (const role of ['lamplighter-look', 'lamplighter-act'])
    sandbox.estate.account(ACCOUNT).role(role, { externalId: 'lamplighter' });
  for (const name of ['pause', 'halt']) sandbox.estate.hub.region(REGION).ssm.put(`/lamplighter/prod/${name}`, 'off');
  return { sandbox, hub: await installHub(sandbox, { policy: POLICY }) };
}

const regionOf = ({ estate }: Sandbox) => estate.account(ACCOUNT).region(REGION);

const TAG = { Key: 'lamplighter:schedule', Value: 'office' };

const many = (count: number, make: (name: string) => unknown): void => {
  for (let one = 0; one < count; one += 1) make(String(one));
};

function seedInstances(sandbox: Sandbox, count: number): void {
  const { ec2 } = regionOf(sandbox);
  many(count, (name) => ec2.addInstance({ InstanceType: 'm5.large', Tags: [{ Key: 'Name', Value: name }, TAG] }));
}

function seedFleet(sandbox: Sandbox): void {
  const { rds, autoscaling, ecs, ec2 } = regionOf(sandbox);
  seedInstances(sandbox, FLEET.instances);
  many(FLEET.databases, (name) => rds.addInstance({ DBInstanceIdentifier: `db-${name}`, TagList: [TAG] }));
  many(FLEET.groups, (name) => {
    const AutoScalingGroupName = `group-${name}`;
    const group = autoscaling.addGroup({ AutoScalingGroupName, MaxSize: 2, DesiredCapacity: 1, Tags: [TAG] });
    autoscaling.join(group, [ec2.addInstance({ InstanceType: 'm5.large' })]);
  });
  many(FLEET.services, (name) => {
    ecs.addService({ serviceName: `service-${name}`, cluster: 'shop', tags: [{ key: TAG.Key, value: TAG.Value }] });
  });
}

/** The tick after the one that has seen everything for the first time. */
export async function measureQuiet(): Promise<OffHoursFigures['quiet']> {
  const out = await mkdtemp(join(tmpdir(), 'lamplighter-bench-'));
  const { sandbox, hub } = await open();
  try {
    const { file } = await bundle(fileURLToPath(new URL('../functions/off-hours/handler.ts', import.meta.url)), out);
    seedFleet(sandbox);
    const wake = () =>
      invokeInProcess({
        file,
        env: { ...functionEnv(sandbox, hub, 'off-hours'), NODE_OPTIONS: '--enable-source-maps --max-old-space-size=128 --max-semi-space-size=4' },
        event: { time: sandbox.clock.now().toISOString() },
        now: sandbox.clock.now(),
      });
    await wake();
    sandbox.clock.advance({ minutes: 5 });
    sandbox.calls.clear();
    const began = performance.now();
    const { result, peakRssMb } = await wake();
    const wallMs = Math.round(performance.now() - began);
    const [answered] = result as { said: string; left: unknown[] }[];
    if (answered?.said !== 'nothing' || answered.left.length !== RESOURCES) throw new Error('the tick was not quiet');
    return { resources: RESOURCES, apiCalls: sandbox.calls.length, byOperation: tally(sandbox), wallMs, peakRssMb };
  } finally {
    hub.dynamodb.destroy();
    await sandbox.close();
    await rm(out, { recursive: true, force: true });
  }
}

function tally({ calls }: Sandbox): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { service, operation } of calls.all()) {
    const name = `${service}:${operation}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

/** Five hundred instances that are all stopped in the evening, and all started in the morning. */
async function measureTurns(): Promise<Pick<OffHoursFigures, 'evening' | 'morning'>> {
  const { sandbox, hub } = await open();
  const lambda = new Lambda({ clock: sandbox.clock });
  const api = await listenLambda({ lambda });
  const restoreTime = followTime(() => sandbox.clock.now().getTime());
  try {
    seedInstances(sandbox, AT_ONCE);
    Object.assign(process.env, functionEnv(sandbox, hub, 'off-hours'), {
      AWS_ENDPOINT_URL_LAMBDA: api.url,
      CARRY_OUT_ARN: `${lambda.arnOf('carry-out')}:live`,
      ACT_ROLE_NAME: 'lamplighter-act',
      PAUSE_PARAMETER: '/lamplighter/prod/pause',
      HALT_PARAMETER: '/lamplighter/prod/halt',
    });
    const carryOut = await import('../functions/carry-out/handler.ts');
    const runtime = inProcess(carryOut.handler as unknown as Handler);
    lambda.register('carry-out', { runtime, durable: { executionTimeoutSeconds: 90 * 86_400 } });
    const { handler } = await import('../functions/off-hours/handler.ts');
    const stage: Stage = { sandbox, hub, lambda, handler: handler as unknown as Stage['handler'] };
    await tick(stage, NOW); // it sees them for the first time
    const evening = await turn(stage, EVENING, 'stopped');
    await tick(stage, new Date(EVENING.getTime() + 900_000)); // it learns how that ended
    const morning = await turn(stage, MORNING, 'running');
    return { evening, morning };
  } finally {
    restoreTime();
    hub.dynamodb.destroy();
    await api.close();
    await sandbox.close();
  }
}

interface Stage {
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly lambda: Lambda;
  readonly handler: (event: unknown, context: unknown) => Promise<{ plan?: string; act?: unknown[] }[]>;
}

/** @returns the plan of the tick */
async function tick({ sandbox, hub, lambda, handler }: Stage, at: Date) {
  await lambda.advanceTo(at > sandbox.clock.now() ? at : sandbox.clock.now());
  const invokedFunctionArn = `arn:aws:lambda:${REGION}:${hub.account}:function:lamplighter-off-hours-prod`;
  const [answered] = await handler({ time: at.toISOString() }, { awsRequestId: at.toISOString(), invokedFunctionArn });
  return answered;
}

async function turn(stage: Stage, at: Date, state: 'stopped' | 'running'): Promise<TurnFigures> {
  const { sandbox, lambda } = stage;
  const before = lambda.executions.all().length;
  const planned = await tick(stage, at);
  const instances = [...regionOf(sandbox).ec2.instances.values()];
  await lambda.runUntil(() => instances.every(({ State }) => State?.Name === state));
  const seconds = secondsSince(sandbox, at);
  await lambda.finish();
  return {
    instances: planned?.act?.length ?? 0,
    plans: planned?.plan ? 1 : 0,
    executions: lambda.executions.all().length - before,
    seconds,
    secondsToTheEnd: secondsSince(sandbox, at),
  };
}

const secondsSince = ({ clock }: Sandbox, at: Date): number =>
  Math.round((clock.now().getTime() - at.getTime()) / 1000);

export function printOffHours({ quiet, ...turns }: OffHoursFigures): void {
  const { resources, apiCalls, byOperation, wallMs, peakRssMb } = quiet;
  console.log(`off-hours over ${resources} resources with nothing to do: ${apiCalls} API calls`);
  console.log(`  ${wallMs} ms, peak RSS of the function ${peakRssMb} MB`);
  for (const [operation, count] of Object.entries(byOperation))
    console.log(`  ${String(count).padStart(5)}  ${operation}`);
  for (const [name, { instances, plans, executions, seconds, secondsToTheEnd }] of Object.entries(turns)) {
    console.log(
      `off-hours, ${name}: ${instances} instances in ${plans} plan and ${executions} executions, all done after ${seconds} s of ` +
        `the sandbox's clock, and booked after ${secondsToTheEnd} s`,
    );
  }
}
