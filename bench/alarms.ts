import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Call } from '../sandbox/calls.ts';
import type { AlarmEvent } from '../sandbox/estate/alarm-change.ts';
import { invokeInProcess } from '../sandbox/hub/invoke.ts';
import { bundle } from '../scripts/bundle/bundle.ts';
import { remediationLedger } from '../shared/aws/ledger/remediation.ts';
import {
  exhausted,
  groupFails,
  type Night,
  openNight,
  PAYMENTS,
  SHOP,
  saturated,
  storageLow,
  type Trouble,
  unwell,
  withoutRunbook,
} from './alarm-night.ts';
import { tally } from './calls.ts';

/** What one alarm takes. */
interface AlarmFigures {
  /** Every call from the event to its plan in the ledger, that included; without a plan, to what is remembered of it. */
  readonly apiCalls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  /** Behind it: the hand-over, the evidence of the message, and the message. */
  readonly callsAfter: number;
  readonly afterByOperation: Readonly<Record<string, number>>;
  readonly plans: number;
  readonly wallMs: number;
  /** Of the process of the bundled function; the sandbox runs in another one. */
  readonly peakRssMb: number;
  /** Calls to the plan for the first alarm of its kind within a week, when nothing of AWS's catalogue is remembered. */
  readonly firstApiCalls: number;
}

/** What two hundred alarms of one minute take. */
interface StormFigures {
  readonly alarms: number;
  readonly deliveries: number;
  /** What is behind them, as the estate has it; of how many of these something is to be done. */
  readonly causes: number;
  readonly plannedCauses: number;
  readonly plans: number;
  readonly messages: number;
  readonly apiCalls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  /** Of all deliveries, one after another; each is a cold start. */
  readonly wallMs: number;
  /** Of the largest. */
  readonly peakRssMb: number;
}

export interface RemediateFigures {
  readonly alarm: Readonly<Record<string, AlarmFigures>>;
  /** By the alarms of one batch of the queue, of which serverless.yml allows 100. */
  readonly storm: Readonly<Record<string, StormFigures>>;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'storage low': storageLow,
  saturated,
  'system status check': unwell('system'),
  'instance status check': unwell('instance'),
  'credits, standard': exhausted('standard'),
  'credits, unlimited': exhausted('unlimited'),
  'no runbook': withoutRunbook,
};

/** As few as one window has, the alarms of a window of 20 s, and as many as a batch takes. */
const BATCHES = [10, 67, 100];

export async function measureAlarms(): Promise<RemediateFigures> {
  const out = await mkdtemp(join(tmpdir(), 'lamplighter-bench-'));
  try {
    const handler = new URL('../functions/remediate-alarm/handler.ts', import.meta.url);
    const { file } = await bundle(fileURLToPath(handler), out);
    const alarm: Record<string, AlarmFigures> = {};
    for (const [name, trouble] of Object.entries(TROUBLES)) alarm[name] = await measureAlarm(file, trouble);
    const storm: Record<string, StormFigures> = {};
    for (const size of BATCHES) storm[size] = await measureStorm(file, size);
    return { alarm, storm };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** The second alarm of its kind, hours after the first, by a function that starts cold. */
async function measureAlarm(file: string, trouble: Trouble): Promise<AlarmFigures> {
  const night = await openNight();
  try {
    const first = await delivered(night, file, [trouble(night, SHOP, 'carts')]);
    night.sandbox.clock.advance({ hours: 4 });
    const { calls, plans, ...measured } = await delivered(night, file, [trouble(night, SHOP, 'orders')]);
    const toPlan = callsToPlan(calls);
    const after = calls.slice(toPlan.length);
    return {
      apiCalls: toPlan.length,
      byOperation: tally(toPlan),
      callsAfter: after.length,
      afterByOperation: tally(after),
      plans: plans.filter((id) => !first.plans.includes(id)).length,
      ...measured,
      firstApiCalls: callsToPlan(first.calls).length,
    };
  } finally {
    await night.close();
  }
}

/** Two hundred of a minute: a group of instances, databases that fill up or are under load, and what has no runbook. */
async function measureStorm(file: string, size: number): Promise<StormFigures> {
  const night = await openNight();
  try {
    const many = (count: number, one: (nth: number) => AlarmEvent) =>
      Array.from({ length: count }, (_, nth) => one(nth));
    const alarms = shuffled([
      ...groupFails(night, SHOP, 120),
      ...many(40, (nth) => storageLow(night, SHOP, `orders-${nth}`)),
      ...many(20, (nth) => saturated(night, nth % 2 ? SHOP : PAYMENTS, `carts-${nth}`)),
      ...many(20, (nth) => withoutRunbook(night, nth % 2 ? SHOP : PAYMENTS, `service-${nth}`)),
    ]);
    const plans = new Set<string>();
    const figures = { calls: [] as Call[], wallMs: 0, peakRssMb: 0, deliveries: 0 };
    for (let from = 0; from < alarms.length; from += size) {
      const one = await delivered(night, file, alarms.slice(from, from + size));
      figures.calls.push(...one.calls);
      for (const id of one.plans) plans.add(id);
      figures.wallMs += one.wallMs;
      figures.peakRssMb = Math.max(figures.peakRssMb, one.peakRssMb);
      figures.deliveries += 1;
    }
    const { calls, ...measured } = figures;
    return {
      alarms: alarms.length,
      causes: 1 + 40 + 20 + 2, // the group, each database, the one metric of each account
      plannedCauses: 40 + 20,
      plans: plans.size,
      messages: calls.filter(({ operation }) => operation === 'Publish').length,
      apiCalls: calls.length,
      byOperation: tally(calls),
      ...measured,
    };
  } finally {
    await night.close();
  }
}

/** In an order that mixes them, the same each time. */
const shuffled = (events: readonly AlarmEvent[]): AlarmEvent[] =>
  events
    .map((event, nth) => ({ event, at: (nth * 7919) % 200 }))
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event);

interface Delivered {
  readonly calls: readonly Call[];
  /** What the last delivery of each account has planned. */
  readonly plans: readonly string[];
  readonly wallMs: number;
  readonly peakRssMb: number;
}

/** One batch of the queue. */
async function delivered(night: Night, file: string, alarms: readonly AlarmEvent[]): Promise<Delivered> {
  const { sandbox, env } = night;
  const event = { Records: alarms.map((alarm, nth) => ({ messageId: `${nth}`, body: JSON.stringify(alarm) })) };
  sandbox.calls.clear();
  const began = performance.now();
  const { result, peakRssMb } = await invokeInProcess({ file, env, event, now: sandbox.clock.now() });
  const wallMs = Math.round(performance.now() - began);
  const calls = sandbox.calls.all();
  const { batchItemFailures: again } = result as { batchItemFailures: readonly unknown[] };
  if (again.length > 0) throw new Error(`${again.length} alarms were not handled`);
  return { calls, plans: await plansOf(night), wallMs, peakRssMb };
}

async function plansOf({ hub: { dynamodb: client, table } }: Night): Promise<string[]> {
  const { kept } = await remediationLedger({ client, table }).opened([SHOP, PAYMENTS], []);
  return [...kept.values()].flatMap(({ plans }) => plans.map(({ id }) => id));
}

/** Up to the last write that makes a plan, or what is remembered. */
const callsToPlan = (calls: readonly Call[]): readonly Call[] => calls.slice(0, calls.findLastIndex(isRecording) + 1);

const isRecording = ({ service, operation, input }: Call): boolean =>
  service === 'dynamodb' &&
  ['PutItem', 'BatchWriteItem', 'TransactWriteItems'].includes(operation) &&
  /"(RUN|PLAN)#/.test(JSON.stringify(input));

export function printAlarms({ alarm, storm }: RemediateFigures): void {
  for (const [name, one] of Object.entries(alarm)) {
    console.log(
      `remediate-alarm, ${name}: ${one.apiCalls} API calls from the event to ${one.plans} plan (the first of a week ` +
        `${one.firstApiCalls}), and ${one.callsAfter} behind it`,
    );
    console.log(`  ${one.wallMs} ms, peak RSS of the function ${one.peakRssMb} MB`);
    for (const [operation, count] of [
      ...Object.entries(one.byOperation),
      ['behind it:', one.callsAfter] as const,
      ...Object.entries(one.afterByOperation),
    ])
      console.log(`  ${String(count).padStart(5)}  ${operation}`);
  }
  for (const [size, one] of Object.entries(storm)) {
    console.log(
      `remediate-alarm, ${one.alarms} alarms of ${one.causes} causes in batches of ${size}: ${one.plans} plans for the ` +
        `${one.plannedCauses} causes that have one, ${one.messages} messages, ${one.apiCalls} API calls`,
    );
    console.log(`  ${one.wallMs} ms in ${one.deliveries} deliveries, peak RSS of the function ${one.peakRssMb} MB`);
    for (const [operation, count] of Object.entries(one.byOperation))
      console.log(`  ${String(count).padStart(5)}  ${operation}`);
  }
}
