import { describe, expect, it } from 'vitest';
import { run } from '../../functions/off-hours/run.ts';
import type { Message } from '../../shared/core/message.ts';
import type { OffHoursRecord } from '../../shared/core/off-hours/record.ts';
import { nameOfPart, type Part } from '../../shared/core/plan.ts';
import type { OffHoursLedger } from '../../shared/ports-off-hours.ts';
import { MemoryOffHours } from '../support/memory-off-hours.ts';
import { ACCOUNT, decideAt, instance, office, recordFor, seoul, wasOn } from '../support/off-hours-specimen.ts';

const web = instance('web');

/** Plans are asked about, so that each has a message. */
const POLICY = office({ mode: 'approve' });

/** When deliveries come, and for what time. */
const EVENING = '2026-11-23 21:00';
const LATER = '2026-11-23 21:05';

/** A ledger, a topic, Lambda and a clock over many deliveries, each of which may die at its n-th call. */
class World {
  readonly memory = new MemoryOffHours();
  readonly sent: Message[] = [];
  readonly started = new Set<string>();
  snsIsDown = false;
  #now = seoul(EVENING);

  /** @param dies the call at which the delivery dies, and whether the call had its effect by then */
  async deliver(at: string, holder: string, dies?: { readonly at: number; readonly after: boolean }): Promise<string> {
    const now = seoul(at);
    this.#now = now > this.#now ? now : this.#now;
    let calls = 0;
    const mortal = async <T>(call: () => Promise<T>): Promise<T> => {
      calls += 1;
      if (dies && calls > dies.at) throw new Error('died');
      if (dies?.at === calls && !dies.after) throw new Error('died');
      const result = await call();
      if (dies?.at === calls) throw new Error('died');
      return result;
    };
    const ledger = new Proxy(this.memory as OffHoursLedger, {
      get: (target, name: keyof OffHoursLedger) => {
        const method = target[name] as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => mortal(() => method.apply(target, args));
      },
    });
    const delivery = {
      ledger,
      announcer: { send: (message: Message) => mortal(async () => this.#send(message)) },
      starter: { start: (part: Part) => mortal(async () => void this.started.add(nameOfPart(part))) },
      holder,
      clock: () => this.#now,
    };
    const look = async (before: OffHoursRecord | undefined) => {
      const memories = before?.memories ?? [wasOn(web)];
      return { report: {}, record: recordFor(decideAt(at, [web], { memories, policy: POLICY }), before, POLICY) };
    };
    try {
      return (await run(delivery, { account: ACCOUNT, now }, look)).said;
    } finally {
      this.#now = new Date(this.#now.getTime() + 60_000);
    }
  }

  #send(message: Message): void {
    if (this.snsIsDown) throw new Error('SNS is down');
    this.sent.push(message);
  }
}

/** kept, begin, keep, record, announced, start, handedOver, advance, send, advance, end */
const CALLS = { keep: 3, start: 6, send: 9, advance: 10, last: 11 } as const;
const KILLS = Array.from({ length: CALLS.last }, (_, index) => index + 1).flatMap((at) =>
  [false, true].map((after) => ({ at, after })),
);

/** Only between SNS taking it and the ledger noting it may a message be repeated, with the same id. */
const isSaidTwice = ({ at, after }: (typeof KILLS)[number]): boolean =>
  (at === CALLS.send && after) || (at === CALLS.advance && !after);

describe('a delivery that dies', () => {
  it('has the calls that are killed here', async () => {
    const world = new World();
    await expect(world.deliver(EVENING, 'first', { at: CALLS.last, after: true })).resolves.toBe('kept');
    await expect(new World().deliver(EVENING, 'first', { at: CALLS.advance, after: true })).rejects.toThrow('died');
    expect([world.sent.length, world.started.size]).toEqual([1, 1]);
  });

  it.each(KILLS)('at call %j is ended by its retry: one plan, one message', async (dies) => {
    const world = new World();
    await world.deliver(EVENING, 'first', dies).catch(() => undefined);
    await world.deliver(EVENING, 'first');
    expect([world.started.size, world.sent.length]).toEqual([1, isSaidTwice(dies) ? 2 : 1]);
    expect(new Set(world.sent.map(({ id }) => id)).size).toBe(1);
    expect(await world.memory.kept(ACCOUNT)).toMatchObject({ state: 'told', time: seoul(EVENING).toISOString() });
  });

  it.each(KILLS)(
    'at call %j and is never retried, is ended by the next tick, and nothing is planned twice',
    async (dies) => {
      const world = new World();
      await world.deliver(EVENING, 'first', dies).catch(() => undefined);
      await world.deliver(LATER, 'second');
      expect([world.started.size, new Set(world.sent.map(({ id }) => id)).size]).toEqual([1, 1]);
      const isKept = dies.at > CALLS.keep || (dies.at === CALLS.keep && dies.after);
      const [time] = [...world.started].map((name) => name.slice('off-hours-'.length, 'off-hours-'.length + 15));
      expect(time).toBe(isKept ? '2026-11-23-1200' : '2026-11-23-1205');
    },
  );
});

describe('a delivery', () => {
  it('that comes again, or twice at once, plans nothing new', async () => {
    const world = new World();
    expect(await world.deliver(EVENING, 'first')).toBe('kept');
    expect(await world.deliver(EVENING, 'another')).toBe('before');
    expect([world.started.size, world.sent.length]).toEqual([1, 1]);
  });

  it('that comes after a later one does nothing', async () => {
    const world = new World();
    await world.deliver(LATER, 'second');
    expect(await world.deliver(EVENING, 'first')).toBe('late');
    expect([...world.started]).toEqual([expect.stringContaining('off-hours-2026-11-23-1205')]);
  });

  it('waits for nobody whose turn it is, and its retry finds that all is done', async () => {
    const world = new World();
    const now = seoul(EVENING);
    await world.memory.begin(ACCOUNT, { holder: 'somebody', now, until: new Date(now.getTime() + 90_000) });
    await expect(world.deliver(EVENING, 'first')).rejects.toMatchObject({ name: 'AtWorkError' });
    expect(world.started.size).toBe(0);
    await expect(world.deliver(EVENING, 'first')).rejects.toMatchObject({ name: 'AtWorkError' });
    expect(await world.deliver(EVENING, 'first')).toBe('kept');
  });

  it('that finds everything as it was takes no turn and writes nothing', async () => {
    const world = new World();
    await world.deliver(EVENING, 'first');
    const before = await world.memory.kept(ACCOUNT);
    // Its only call is to look at what is kept.
    await expect(world.deliver(LATER, 'second', { at: 1, after: false })).rejects.toThrow('died');
    const quiet = new World();
    Object.assign(quiet, { memory: world.memory });
    expect(await quiet.deliver(LATER, 'third', { at: 2, after: false })).toBe('nothing');
    expect(await world.memory.kept(ACCOUNT)).toEqual(before);
  });
});

describe('while SNS is down', () => {
  it('everything is done all the same, and said when SNS is there again', async () => {
    const world = new World();
    world.snsIsDown = true;
    await expect(world.deliver(EVENING, 'first')).rejects.toThrow('SNS is down');
    expect(world.started.size).toBe(1);
    await expect(world.deliver(LATER, 'second')).rejects.toThrow('SNS is down');
    world.snsIsDown = false;
    expect(await world.deliver('2026-11-23 21:10', 'third')).toBe('nothing');
    expect(world.sent.map(({ subject }) => subject)).toEqual([
      '[Lamplighter] 111111111111: 1 to stop waits for an approval',
    ]);
  });

  it('a morning is not kept waiting for what could not be said in the evening', async () => {
    const world = new World();
    world.snsIsDown = true;
    await expect(world.deliver(EVENING, 'first')).rejects.toThrow('SNS is down');
    // By the next day the plan has expired, and what runs is asked about again in the evening.
    const next = '2026-11-24 21:00';
    await expect(world.deliver(next, 'second')).rejects.toThrow('SNS is down');
    expect(world.started.size).toBe(2);
    world.snsIsDown = false;
    await world.deliver('2026-11-24 21:05', 'third');
    expect(world.sent).toHaveLength(2);
  });
});
