import { describe, expect, it } from 'vitest';
import { sourcesOf } from '../../functions/remediate-alarm/gather.ts';
import { look } from '../../functions/remediate-alarm/look.ts';
import { run } from '../../functions/remediate-alarm/run.ts';
import type { Message } from '../../shared/core/message.ts';
import { nameOfPart, type Part } from '../../shared/core/plan.ts';
import type { Alarm } from '../../shared/core/remediation/alarm.ts';
import type { RemediationLedger } from '../../shared/ports-remediation.ts';
import { MemoryRemediation } from '../support/memory-remediation.ts';
import { ACCOUNT, MemoryAlarms, minutes, NOW, POLICY, storageLow, told } from '../support/remediation-specimen.ts';

/** A ledger, a topic, Lambda and a clock over many deliveries, each of which may die at its n-th call. */
class World {
  readonly memory: MemoryRemediation;
  readonly reader = new MemoryAlarms();
  readonly sent: Message[] = [];
  readonly started = new Set<string>();
  snsIsDown = false;
  #now = NOW;

  constructor(way: Way = TOGETHER) {
    this.memory = new MemoryRemediation({ fits: way === TOGETHER });
    for (const name of ['orders', 'stock']) this.reader.addFull(name);
  }

  get now(): Date {
    return this.#now;
  }

  /** Time goes on. */
  pass(count: number): void {
    this.#now = minutes(count, this.#now);
  }

  /** @param dies the call at which the delivery dies, and whether the call had its effect by then */
  async deliver(alarms: readonly Alarm[], holder: string, dies?: Death): Promise<string> {
    let calls = 0;
    const mortal = async <T>(call: () => Promise<T>): Promise<T> => {
      calls += 1;
      if (dies && calls > dies.at) throw new Error('died');
      if (dies?.at === calls && !dies.after) throw new Error('died');
      const result = await call();
      if (dies?.at === calls) throw new Error('died');
      return result;
    };
    const ledger = new Proxy(this.memory as RemediationLedger, {
      get: (target, name: keyof RemediationLedger) => {
        const method = target[name] as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => mortal(() => method.apply(target, args));
      },
    });
    const waits = {
      wait: async (milliseconds: number) => {
        // What nobody answers in time is not waited for here: everybody answers.
        if (milliseconds > 10_000) return new Promise(() => undefined);
        this.#now = new Date(this.#now.getTime() + milliseconds);
      },
    };
    const delivery = {
      ledger,
      announcer: { send: (message: Message) => mortal(async () => this.#send(message)) },
      starter: { start: (part: Part) => mortal(async () => void this.started.add(nameOfPart(part))) },
      holder,
      clock: () => this.#now,
      ...waits,
    };
    const asking = { policy: POLICY, scopes: POLICY.scopes, now: this.#now };
    const sources = sourcesOf({ alarms: this.reader, reader: this.reader, ledger, ...waits }, asking);
    const opened = await ledger.kept(ACCOUNT);
    const { said } = await run(delivery, { account: ACCOUNT, opened }, (before) =>
      look(sources, asking, { account: ACCOUNT, changes: alarms.map(told) }, before),
    );
    return said;
  }

  #send(message: Message): void {
    if (this.snsIsDown) throw new Error('SNS is down');
    this.sent.push(message);
  }
}

interface Death {
  readonly way: Way;
  readonly at: number;
  readonly after: boolean;
}

/** At which of its calls a delivery does what. */
interface Way {
  readonly keep: number;
  readonly send: number;
  readonly last: number;
}

/** kept, vetoes, keep with the plan, announced, start, handedOver, advance, changesOf, send, advance */
const TOGETHER: Way = { keep: 3, send: 9, last: 10 };

/** kept, vetoes, keep, record, announced, start, handedOver, advance, changesOf, send, advance */
const APART: Way = { keep: 3, send: 10, last: 11 };

const KILLS = [TOGETHER, APART].flatMap((way) =>
  Array.from({ length: way.last }, (_, index) => index + 1).flatMap((at) =>
    [false, true].map((after): Death => ({ way, at, after })),
  ),
);

/** Only between SNS taking it and the ledger noting it may a message be repeated, with the same id. */
const isSaidTwice = ({ way, at, after }: Death): boolean => (at === way.send && after) || (at === way.last && !after);

const full = storageLow('orders');

describe('a delivery that dies', () => {
  it.each([TOGETHER, APART])('has the calls that are killed here: %j', async (way) => {
    const world = new World(way);
    await expect(world.deliver([full], 'first', { way, at: way.last + 1, after: false })).resolves.toBe('kept');
    await expect(new World(way).deliver([full], 'first', { way, at: way.last, after: true })).rejects.toThrow('died');
    expect([world.sent.length, world.started.size]).toEqual([1, 1]);
  });

  it.each(KILLS)('at call %j is ended by its retry: one plan, one message', async (dies) => {
    const world = new World(dies.way);
    await world.deliver([full], 'first', dies).catch(() => undefined);
    await world.deliver([full], 'first');
    expect([world.started.size, world.sent.length]).toEqual([1, isSaidTwice(dies) ? 2 : 1]);
    expect(new Set(world.sent.map(({ id }) => id)).size).toBe(1);
    expect(await world.memory.kept(ACCOUNT)).toMatchObject({ state: 'told', plans: [{ function: 'remediate-alarm' }] });
  });

  it.each(KILLS)('at call %j and comes again as another, once the queue shows it again', async (dies) => {
    const world = new World(dies.way);
    await world.deliver([full], 'first', dies).catch(() => undefined);
    world.pass(3);
    await world.deliver([full], 'second');
    expect([world.started.size, new Set(world.sent.map(({ id }) => id)).size]).toEqual([1, 1]);
  });

  it.each(KILLS)('at call %j is ended by the next alarm of its account, which waits for it', async (dies) => {
    const world = new World(dies.way);
    await world.deliver([full], 'first', dies).catch(() => undefined);
    const { keep } = dies.way;
    const isKept = dies.at > keep || (dies.at === keep && dies.after);
    expect(await world.deliver([storageLow('stock')], 'second')).toBe('kept');
    expect([world.started.size, new Set(world.sent.map(({ id }) => id)).size]).toEqual(isKept ? [2, 2] : [1, 1]);
  });
});

describe('a delivery', () => {
  it('that comes again plans nothing new, and writes nothing', async () => {
    const world = new World();
    expect(await world.deliver([full], 'first')).toBe('kept');
    const before = await world.memory.kept(ACCOUNT);
    expect(await world.deliver([full], 'another')).toBe('nothing');
    expect([world.started.size, world.sent.length]).toEqual([1, 1]);
    expect(await world.memory.kept(ACCOUNT)).toEqual(before);
  });

  it('that comes twice at once plans once', async () => {
    const world = new World();
    await Promise.all([world.deliver([full], 'first'), world.deliver([full], 'second')]);
    expect([world.started.size, new Set(world.sent.map(({ id }) => id)).size]).toEqual([1, 1]);
  });

  it('beside one of another alarm loses nothing', async () => {
    const world = new World();
    await Promise.all([world.deliver([full], 'first'), world.deliver([storageLow('stock')], 'second')]);
    expect([world.started.size, world.sent.length]).toEqual([2, 2]);
    const { memory } = (await world.memory.kept(ACCOUNT))!;
    expect(memory.alarms.map(({ answers }) => answers.length)).toEqual([1, 1]);
  });
});

describe('while SNS is down', () => {
  it('everything is done all the same, and said when SNS is there again', async () => {
    const world = new World();
    world.snsIsDown = true;
    await expect(world.deliver([full], 'first')).rejects.toThrow('SNS is down');
    await expect(world.deliver([storageLow('stock')], 'second')).rejects.toThrow('SNS is down');
    expect(world.started.size).toBe(2);
    world.snsIsDown = false;
    await world.deliver([full], 'first');
    expect(world.sent.map(({ subject }) => subject)).toEqual([
      '[Lamplighter] 111111111111: orders: database-storage-low, carried out now',
      '[Lamplighter] 111111111111: stock: database-storage-low, carried out now',
    ]);
  });
});
