import { describe, expect, it } from 'vitest';
import { run } from '../../functions/watch-spend/run.ts';
import type { Message } from '../../shared/core/message.ts';
import { selfTestMessage } from '../../shared/core/spend/spend-message.ts';
import type { SpendLedger, SpendRun } from '../../shared/ports-spend.ts';
import { anomaly } from '../support/anomaly-specimen.ts';
import { MemorySpend } from '../support/memory-spend.ts';

const PAYER = '123456789012';
const time = (day: number) => new Date(Date.parse('2026-11-22T07:30:00Z') + day * 86_400_000);

/** A ledger, a topic and a clock over many deliveries, each of which may die at its n-th call. */
class World {
  readonly memory = new MemorySpend();
  readonly sent: Message[] = [];
  looks = 0;
  #now = time(0);

  /** @param dies the call at which the delivery dies, and whether the call had its effect by then */
  async deliver(day: number, holder: string, dies?: { at: number; after: boolean }): Promise<string> {
    let calls = 0;
    const mortal = async <T>(call: () => Promise<T>): Promise<T> => {
      calls += 1;
      if (dies?.at === calls && !dies.after) throw new Error('died');
      const result = await call();
      if (dies && calls >= dies.at) throw new Error('died');
      return result;
    };
    const ledger = new Proxy(this.memory as unknown as SpendLedger, {
      get: (target, name: keyof SpendLedger) => {
        const method = target[name] as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => mortal(() => method.apply(target, args));
      },
    });
    const delivery = {
      ledger,
      announcer: { send: (message: Message) => mortal(async () => void this.sent.push(message)) },
      holder,
      clock: () => this.#now,
      costs: () => Promise.reject(new Error('not asked')),
      trail: { lookup: () => Promise.reject(new Error('not asked')) },
      changes: { between: () => Promise.reject(new Error('not asked')) },
    };
    const now = time(day);
    const found = async (): Promise<SpendRun> => {
      this.looks += 1;
      const message = { ...selfTestMessage(PAYER, now.toISOString()), subject: `news of day ${day}` };
      const anomalies = [anomaly({ id: `2026-11-${10 + day}-3f9a1c`, asOf: '2026-11-21' })];
      return { payer: PAYER, time: now.toISOString(), state: 'recorded', anomalies, message, report: { day } };
    };
    try {
      return (await run(delivery, { payer: PAYER, now }, found)).said;
    } finally {
      this.#now = new Date(this.#now.getTime() + 60_000);
    }
  }

  /** Lets the turn of a delivery that died end by itself. */
  pass(minutes: number): void {
    this.#now = new Date(this.#now.getTime() + minutes * 60_000);
  }
}

/** begin, run, unfinished, record, keepAnomalies, send, announced, end */
const CALLS = [1, 2, 3, 4, 5, 6, 7, 8];
const KILLS = CALLS.flatMap((at) => [false, true].map((after) => ({ at, after })));
const SEND = 6;

describe('a delivery that dies', () => {
  it.each(KILLS)('at call %j is ended by its retry: everything is kept and said once', async (dies) => {
    const world = new World();
    await world.deliver(0, 'first', dies).catch(() => undefined);
    await world.deliver(0, 'first');
    // Only between SNS taking it and the ledger noting it may it be repeated, with the same id.
    const saidBefore = (dies.at === SEND && dies.after) || (dies.at === SEND + 1 && !dies.after);
    expect(world.sent.length).toBe(saidBefore ? 2 : 1);
    expect(new Set(world.sent.map(({ id }) => id)).size).toBe(1);
    expect(await world.memory.openAnomalies()).toHaveLength(1);
  });

  it.each(KILLS)('at call %j and is never retried, is ended by the next day before anything new', async (dies) => {
    const world = new World();
    await world.deliver(0, 'first', dies).catch(() => undefined);
    world.pass(16);
    await world.deliver(1, 'second');
    const subjects = [...new Set(world.sent.map(({ subject }) => subject))];
    const isRecorded = dies.at > 4 || (dies.at === 4 && dies.after);
    expect(subjects).toEqual(isRecorded ? ['news of day 0', 'news of day 1'] : ['news of day 1']);
    expect(await world.memory.unfinished(PAYER, time(1))).toEqual([]);
  });
});

describe('a delivery', () => {
  it('that is recorded looks no second time', async () => {
    const world = new World();
    await world.deliver(0, 'first', { at: SEND, after: false }).catch(() => undefined);
    expect(await world.deliver(0, 'first')).toBe('sent');
    expect(await world.deliver(0, 'another')).toBe('before');
    expect(world.looks).toBe(1);
  });

  it('waits for nobody whose turn it is', async () => {
    const world = new World();
    await world.memory.begin(PAYER, { holder: 'somebody', now: time(0), until: time(1) });
    await expect(world.deliver(0, 'first')).rejects.toMatchObject({ name: 'AtWorkError' });
    expect(world.looks).toBe(0);
  });
});
