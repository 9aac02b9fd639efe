import { describe, expect, it, vi } from 'vitest';
import { handle, type Looking } from '../../functions/snapshot-databases/handle.ts';
import { known } from '../../shared/core/evidence.ts';
import type { Message } from '../../shared/core/message.ts';
import { nameOfPart, type Plan } from '../../shared/core/plan.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import type { BackedUpDatabase, Snapshot } from '../../shared/core/retention/facts.ts';
import type { RetentionReader } from '../../shared/ports-retention.ts';
import type { SnapshotLedger } from '../../shared/ports-snapshots.ts';
import { orders, own } from '../core/retention/specimen.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';

const HOME = { account: '123456789012', region: 'ap-northeast-2' };
/** It only keeps copies. */
const VAULT = { account: '999988887777', region: 'eu-central-1' };
const PLANNERS = ['snapshot-databases', 'prune-snapshots'] as const;

const POLICY = parsePolicy({
  timezone: 'Asia/Seoul',
  scopes: [{ account: HOME.account, regions: [HOME.region] }],
  snapshots: {
    mode: 'auto',
    prune: 'auto',
    keepAtLeast: 1,
    tiers: { daily: 0, weekly: 1, monthly: 0, yearly: 0 },
    copyTo: [{ name: 'vault', ...VAULT }],
  },
});

const night = (day: number): Date => new Date(Date.UTC(2026, 10, 17 + day, 16, 30));
const ago = (days: number): Date => new Date(night(0).getTime() - days * 86_400_000);

/** A database without any backup, whose objective is not met. */
const bare = (name: string): BackedUpDatabase => ({
  ...orders,
  name,
  identity: { arn: `arn:aws:rds:${HOME.region}:${HOME.account}:db:${name}`, id: `db-${name}` },
  retentionDays: 0,
});

interface Death {
  /** The call at which the delivery dies, and whether the call had its effect by then. */
  readonly at: number;
  readonly after: boolean;
}

/** Databases, a ledger, a topic and Lambda over many deliveries, each of which may die at its n-th call. */
class World {
  readonly ledger = new MemoryLedger();
  readonly sent: Message[] = [];
  /** Starting twice under one name starts once, as Lambda does it. */
  readonly executions = new Set<string>();
  readonly databases = [bare('bare'), orders];
  readonly snapshots: Snapshot[] = [40, 30, 0.2].map((days) => own(orders, ago(days)));
  /** The names of the calls of the last delivery, in their order. */
  calls: string[] = [];
  #now = night(0);

  async deliver(day: number, requestId: string, dies?: Death): Promise<unknown> {
    this.calls = [];
    const mortal = <T extends object>(service: string, target: T): T =>
      new Proxy(target, {
        get: (_, name: string) => {
          const method = (target as Record<string, unknown>)[name];
          if (typeof method !== 'function') return method;
          return (...args: unknown[]) => this.#call(`${service}.${name}`, dies, () => method.apply(target, args));
        },
      });
    const looking = {
      reader: mortal('reader', this.#reader()),
      announcer: mortal('sns', { send: async (message: Message) => void this.sent.push(message) }),
      starter: mortal('lambda', {
        start: async (part: { plan: string }) => void this.executions.add(nameOfPart(part)),
      }),
      prices: async () => [],
    };
    const ports = {
      ledger: mortal('ledger', this.ledger.snapshots as SnapshotLedger),
      clock: () => this.#now,
      looking: async () => looking as unknown as Looking,
    };
    const tick = { time: night(day), requestId, own: { ...HOME, partition: 'aws' } };
    try {
      return await handle(ports)({ time: night(day) }, tick);
    } finally {
      this.#now = new Date(this.#now.getTime() + 60_000);
    }
  }

  /** Whoever is dead makes no call any more. */
  async #call(name: string, dies: Death | undefined, work: () => Promise<unknown>): Promise<unknown> {
    this.calls.push(name);
    const nth = this.calls.length;
    if (dies && (nth > dies.at || (nth === dies.at && !dies.after))) throw new Error('died');
    const result = await work();
    if (dies && nth >= dies.at) throw new Error('died');
    return result;
  }

  #reader(): RetentionReader {
    const isIn = ({ scope }: { scope: { account: string } }, { account }: { account: string }) =>
      scope.account === account;
    return {
      databases: async (scope) => known(this.databases.filter((one) => isIn(one, scope))),
      snapshots: async (scope, { see }) => {
        for (const one of this.snapshots) if (isIn(one, scope)) see(one);
        return known([]);
      },
      keyStates: async () => new Map(),
      protections: async (scope) => ({
        ...scope,
        stores: { DynamoDB: known([]), ElastiCache: known([]), Redshift: known([]) },
        awsBackup: known(new Map()),
      }),
    };
  }

  /** What the first night has written down of the account that has the databases. */
  recorded() {
    const [account, time] = [HOME.account, night(0).toISOString()];
    return this.ledger.snapshots.snapshotRun({ function: 'snapshot-databases', account, time });
  }

  /** Lets the turn of a delivery that died end by itself. */
  pass(hours: number): void {
    this.#now = new Date(this.#now.getTime() + hours * 3_600_000);
  }

  /** The plans that were recorded, and those that were handed over, over all nights. */
  async plans(): Promise<{ readonly recorded: Plan[]; readonly handedOver: Plan[] }> {
    const range = { from: night(-1), to: night(9) };
    const keys = PLANNERS.flatMap((name) => [HOME, VAULT].map(({ account }) => ({ function: name, account })));
    const runs = (await Promise.all(keys.map((key) => this.ledger.runsBetween(key, range)))).flat();
    const plans = (some: typeof runs) => Promise.all(some.map(({ planId }) => this.ledger.plan(planId)));
    return {
      recorded: await plans(runs),
      handedOver: await plans(runs.filter(({ state }) => state === 'handed-over')),
    };
  }
}

async function world(): Promise<World> {
  vi.spyOn(console, 'info').mockImplementation(() => undefined);
  const one = new World();
  await one.ledger.store({ policy: POLICY }, 'kim', ago(1));
  return one;
}

const ids = (plans: readonly Plan[]): string[] => plans.map(({ id }) => id).sort();
const distinct = (messages: readonly Message[]): string[] => [...new Set(messages.map(({ id }) => id))].sort();
const deletesIn = (plans: readonly Plan[]): string[] =>
  plans
    .flatMap(({ act }) => act.flatMap(({ action }) => (action.kind === 'delete-snapshot' ? [action.name] : [])))
    .sort();

/** A delivery that nothing happens to. */
async function calm() {
  const one = await world();
  await one.deliver(0, 'first');
  return { world: one, calls: one.calls, plans: await one.plans() };
}

const undisturbed = await calm();
const DEATHS = undisturbed.calls.flatMap((name, index) =>
  [false, true].map((after): Death & { name: string } => ({ name, at: index + 1, after })),
);

it('a night reads, records, tells and hands over: two plans at home, and two messages', () => {
  const { calls, plans, world: one } = undisturbed;
  expect(new Set(calls.map((name) => name.split('.')[0]))).toEqual(new Set(['ledger', 'reader', 'sns', 'lambda']));
  expect(plans.handedOver.map((plan) => [plan.function, plan.account]).sort()).toEqual([
    ['prune-snapshots', HOME.account],
    ['snapshot-databases', HOME.account],
  ]);
  expect(
    one.sent.filter(({ attributes }) => attributes.account === HOME.account).map(({ attributes }) => attributes.kind),
  ).toEqual(['rpo', 'snapshots']);
  expect([...one.executions].sort()).toEqual(ids(plans.handedOver));
  expect(deletesIn(plans.handedOver)).toHaveLength(2);
});

describe('a delivery that dies', () => {
  it.each(DEATHS)(
    'at $name (call $at, had its effect: $after) is ended by its retry: the same plans once, and the same words',
    async (dies) => {
      const one = await world();
      await one.deliver(0, 'first', dies).catch(() => undefined);
      const isNoted = ((await one.recorded())?.state ?? 'recorded') !== 'recorded';
      const before = one.sent.length;
      await one.deliver(0, 'first');
      const { recorded, handedOver } = await one.plans();
      expect([ids(recorded), ids(handedOver)]).toEqual([
        ids(undisturbed.plans.recorded),
        ids(undisturbed.plans.handedOver),
      ]);
      expect([...one.executions].sort()).toEqual([...undisturbed.world.executions].sort());
      expect(distinct(one.sent)).toEqual(distinct(undisturbed.world.sent));
      // Only between SNS taking them and the ledger noting it may they be repeated, with the same ids.
      expect(one.sent.length - undisturbed.world.sent.length).toBe(isNoted ? 0 : before);
    },
  );

  it.each(DEATHS)(
    'at $name (call $at, had its effect: $after) goes on with what it recorded, though the databases have changed',
    async (dies) => {
      const one = await world();
      await one.deliver(0, 'first', dies).catch(() => undefined);
      const isRecorded = (await one.recorded()) !== undefined;
      one.databases.push(bare('another'));
      await one.deliver(0, 'first');
      const { recorded, handedOver } = await one.plans();
      const isSame = ids(handedOver).every((id) => ids(undisturbed.plans.handedOver).includes(id));
      expect(isSame).toBe(isRecorded);
      expect(handedOver).toHaveLength(undisturbed.plans.handedOver.length);
      expect(recorded).toHaveLength(undisturbed.plans.recorded.length);
    },
  );

  it.each(DEATHS)(
    'at $name (call $at, had its effect: $after) and is never retried, loses nothing: the next night has it',
    async (dies) => {
      const one = await world();
      await one.deliver(0, 'first', dies).catch(() => undefined);
      one.pass(24);
      await one.deliver(1, 'second');
      const { handedOver } = await one.plans();
      const ofNight = handedOver.filter(({ time }) => time === night(1).toISOString());
      expect(ofNight.flatMap(({ act }) => act).map(({ action }) => action.kind)).toContain('create-snapshot');
      expect(deletesIn(handedOver)).toEqual(deletesIn(undisturbed.plans.handedOver)); // each by one plan
      expect(ids(handedOver).every((id) => one.executions.has(id))).toBe(true);
      const told = one.sent
        .filter(({ attributes }) => attributes.kind === 'rpo')
        .map(({ facts }) => JSON.stringify(facts));
      expect(told.filter((facts) => facts.includes('"news":"begun"')).length).toBeGreaterThan(0);
    },
  );
});
