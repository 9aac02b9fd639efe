import { beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../shared/core/message.ts';
import { ACTIONS_AT_ONCE, digestOf, nameOfPart, type Part, type PlanDraft } from '../../shared/core/plan.ts';
import { planMessage } from '../../shared/core/plan-message.ts';
import { type Mode, parsePolicy } from '../../shared/core/policy.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import type { Announcer, Run, RunKey, Starter } from '../../shared/ports.ts';
import { type Delivery, deliver } from '../../shared/runtime/deliver.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { ACCOUNT, DEFAULT_POLICY, many, plan, proposal, TICK } from '../support/plan-specimen.ts';

/** Keeps what it is given, or fails when told to. */
class FakeAnnouncer implements Announcer {
  readonly sent: Message[] = [];
  failure: Error | undefined;

  async send(message: Message): Promise<void> {
    if (this.failure) throw this.failure;
    this.sent.push(message);
  }
}

let ledger: MemoryLedger;
let announcer: FakeAnnouncer;
let clock: Date;
let started: string[];

const starter: Starter = { start: async (part) => void started.push(nameOfPart(part)) };

beforeEach(() => {
  ledger = new MemoryLedger();
  announcer = new FakeAnnouncer();
  started = [];
  clock = TICK;
});

const daysLater = (days: number): Date => new Date(TICK.getTime() + days * DAY_MS);
const keyAt = (time: Date): RunKey => ({ function: 'right-size', account: ACCOUNT, time: time.toISOString() });

const deliveryBy = (holder: string, spoiled: Partial<Delivery> = {}): Delivery => ({
  ledger,
  announcer,
  starter,
  policy: DEFAULT_POLICY,
  holder,
  clock: () => clock,
  ...spoiled,
});

/** One tick: recorded as it stands in the ledger, and delivered. */
async function tick(spoiled: Partial<PlanDraft> = {}, delivery = deliveryBy('request-1')) {
  const sealed = plan(spoiled);
  await ledger.record(sealed, digestOf(sealed));
  const { current, previous } = await ledger.runs({ ...keyAt(TICK), time: sealed.time });
  return deliver(delivery, { run: current as Run, plan: sealed, ...(previous ? { previous } : {}) });
}

const stateAt = async (time: Date): Promise<Run | undefined> => (await ledger.runs(keyAt(time))).current;

describe('a plan', () => {
  it('is sent, and the run says when', async () => {
    expect(await tick()).toEqual({ said: 'sent' });
    expect(announcer.sent).toEqual([planMessage(plan(), DEFAULT_POLICY)]);
    expect(await stateAt(TICK)).toMatchObject({ state: 'announced', saidAt: TICK.toISOString() });
  });

  it('is not sent again by a second delivery of the tick', async () => {
    await tick();
    expect(await tick({}, deliveryBy('request-2'))).toEqual({ said: 'before' });
    expect(announcer.sent).toHaveLength(1);
  });

  it('is sent by one of two deliveries that come at once', async () => {
    let second: Promise<unknown> = Promise.resolve();
    const rival: Announcer = {
      send: async (message) => {
        second = tick({}, deliveryBy('request-2'));
        await second;
        await announcer.send(message);
      },
    };
    expect(await tick({}, deliveryBy('request-1', { announcer: rival }))).toEqual({ said: 'sent' });
    expect(await second).toEqual({ said: 'by another delivery' });
    expect(announcer.sent).toHaveLength(1);
  });

  it('is sent once the delivery that claimed it must have died', async () => {
    const run = await ledger.record(plan(), digestOf(plan()));
    await ledger.claim(run, { holder: 'request-1', now: clock, until: new Date(clock.getTime() + 60_000) });
    expect(await tick({}, deliveryBy('request-2'))).toEqual({ said: 'by another delivery' });
    clock = new Date(clock.getTime() + 60_000);
    expect(await tick({}, deliveryBy('request-2'))).toEqual({ said: 'sent' });
  });

  it('is sent by a retry of the delivery that claimed it, without waiting', async () => {
    const run = await ledger.record(plan(), digestOf(plan()));
    await ledger.claim(run, { holder: 'request-1', now: clock, until: new Date(clock.getTime() + 60_000) });
    expect(await tick({}, deliveryBy('request-1'))).toEqual({ said: 'sent' });
  });

  it('holds its claim in real time, whatever the time of the tick', async () => {
    const claims: { now: Date; until: Date }[] = [];
    class Watching extends MemoryLedger {
      override async claim(...[run, claim]: Parameters<MemoryLedger['claim']>): Promise<boolean> {
        claims.push(claim);
        return super.claim(run, claim);
      }
    }
    ledger = new Watching();
    clock = daysLater(3);
    await tick();
    expect(claims).toEqual([
      { holder: 'request-1', now: daysLater(3), until: new Date(daysLater(3).getTime() + 300_000) },
    ]);
  });
});

describe('a plan that says what was said before', () => {
  it('is not sent, but remembers when it was', async () => {
    await tick();
    const since = TICK.toISOString();
    expect(await tick({ time: daysLater(1) })).toEqual({ said: 'unchanged', since });
    expect(await tick({ time: daysLater(2) })).toEqual({ said: 'unchanged', since });
    expect(await stateAt(daysLater(2))).toMatchObject({ state: 'announced', saidAt: since });
    expect(announcer.sent).toHaveLength(1);
  });

  it('is sent again as a reminder, counted from the message and not from the last tick', async () => {
    for (const days of [0, 3, 6]) await tick({ time: daysLater(days) });
    expect(announcer.sent).toHaveLength(1);
    expect(await tick({ time: new Date(daysLater(7).getTime() - 1) })).toMatchObject({ said: 'unchanged' });
    expect(await tick({ time: daysLater(7) })).toEqual({ said: 'sent' });
    expect(await tick({ time: daysLater(8) })).toEqual({ said: 'unchanged', since: daysLater(7).toISOString() });
    const [first, reminder] = announcer.sent;
    expect(reminder?.id).not.toBe(first?.id);
  });

  it('is reminded of as often as the policy says', async () => {
    const policy = parsePolicy({ defaults: { remindAfter: '1d' } });
    await tick();
    expect(await tick({ time: daysLater(1) }, deliveryBy('request-1', { policy }))).toEqual({ said: 'sent' });
  });

  it('is sent when it says something new', async () => {
    await tick();
    expect(await tick({ time: daysLater(1), act: [proposal(1), proposal(7)] })).toEqual({ said: 'sent' });
  });

  it('is sent when it says something that was true before and changed in between', async () => {
    await tick();
    await tick({ time: daysLater(1), act: [] });
    expect(await tick({ time: daysLater(2) })).toEqual({ said: 'sent' });
    expect(announcer.sent).toHaveLength(3);
  });
});

describe('a message that SNS does not take', () => {
  const failure = new Error('ServiceUnavailable');

  it('fails the delivery with the reason, and lets the next one try at once', async () => {
    announcer.failure = failure;
    await expect(tick()).rejects.toBe(failure);
    expect(await stateAt(TICK)).toMatchObject({ state: 'recorded' });
    announcer.failure = undefined;
    expect(await tick({}, deliveryBy('request-2'))).toEqual({ said: 'sent' });
    expect(announcer.sent).toHaveLength(1);
  });

  it('is the error that is told, even when the claim cannot be given back', async () => {
    class Stubborn extends MemoryLedger {
      override async release(): Promise<void> {
        throw new Error('Throttled');
      }
    }
    ledger = new Stubborn();
    announcer.failure = failure;
    await expect(tick()).rejects.toBe(failure);
  });
});

it('a crash between sending and writing it down repeats the message under the same id', async () => {
  class Forgetful extends MemoryLedger {
    crashes = 1;
    override async announced(...said: Parameters<MemoryLedger['announced']>): Promise<void> {
      if (this.crashes-- > 0) throw new Error('out of memory');
      return super.announced(...said);
    }
  }
  ledger = new Forgetful();
  await expect(tick()).rejects.toThrow('out of memory');
  expect(await tick()).toEqual({ said: 'sent' });
  const [first, second] = announcer.sent;
  expect(second).toEqual(first);
});

describe('handing over', () => {
  const inMode = (mode: Mode): Partial<PlanDraft> => ({ act: [{ ...proposal(1), mode }] });
  const stateOf = async (): Promise<string | undefined> => (await ledger.runs(keyAt(TICK))).current?.state;

  it.each<Mode>(['approve', 'auto'])(
    'starts the execution of a plan in mode %s, once it is announced',
    async (mode) => {
      expect(await tick(inMode(mode))).toEqual({ said: 'sent' });
      expect(started).toEqual([plan(inMode(mode)).id]);
      expect(await stateOf()).toBe('handed-over');
    },
  );

  it('starts three executions of a plan that takes three, which is announced and handed over as one', async () => {
    const act = many(3 * ACTIONS_AT_ONCE, (number) => ({ ...proposal(number), mode: 'approve' as const }));
    await tick({ act });
    const { id } = plan({ act });
    expect(announcer.sent).toHaveLength(1);
    expect(started).toEqual([`${id}-1`, `${id}-2`, `${id}-3`]);
    expect(await stateOf()).toBe('handed-over');
  });

  it('starts all of them again when it died between two, since their names let each begin once', async () => {
    const act = many(3 * ACTIONS_AT_ONCE, (number) => ({ ...proposal(number), mode: 'approve' as const }));
    const dying = { start: async ({ part }: Part) => (part === 2 ? Promise.reject(new Error('crash')) : undefined) };
    await expect(tick({ act }, deliveryBy('request-1', { starter: dying }))).rejects.toThrow('crash');
    await tick({ act }, deliveryBy('request-2'));
    expect([started.length, announcer.sent.length, await stateOf()]).toEqual([3, 1, 'handed-over']);
  });

  it('starts nothing for a plan that only reports', async () => {
    await tick(inMode('report'));
    expect([started, await stateOf()]).toEqual([[], 'announced']);
  });

  it('starts nothing for a plan whose message was refused', async () => {
    announcer.failure = new Error('refused');
    await expect(tick(inMode('approve'))).rejects.toThrow();
    expect([started, await stateOf()]).toEqual([[], 'recorded']);
  });

  it('is made good by the next delivery after a crash behind the message', async () => {
    const dying = { start: () => Promise.reject(new Error('crash')) };
    await expect(tick(inMode('approve'), deliveryBy('request-1', { starter: dying }))).rejects.toThrow('crash');
    expect(await tick(inMode('approve'), deliveryBy('request-2'))).toEqual({ said: 'before' });
    expect([started.length, await stateOf()]).toEqual([1, 'handed-over']);
  });

  it('is made good by the next tick when no delivery of this one could do it', async () => {
    const dying = { start: () => Promise.reject(new Error('down')) };
    await expect(tick(inMode('approve'), deliveryBy('request-1', { starter: dying }))).rejects.toThrow('down');
    expect(await tick({ ...inMode('approve'), time: daysLater(1) })).toEqual({ said: 'sent' });
    expect(started).toHaveLength(1);
  });

  it('leaves the earlier plan to its answer while an unchanged one comes in, and comes again when it has expired', async () => {
    await tick(inMode('approve'));
    expect(await tick({ ...inMode('approve'), time: daysLater(1) })).toMatchObject({ said: 'unchanged' });
    expect(started).toHaveLength(1);
    expect(await tick({ ...inMode('approve'), time: daysLater(3) })).toEqual({ said: 'sent' });
    expect(started).toHaveLength(2);
  });

  it.each<[string, readonly Mode[]]>([
    ['alone', ['auto']],
    ['beside one that waits for an approval', ['auto', 'approve']],
  ])('leaves an action in its grace (%s) to its plan until the grace is over', async (_, modes) => {
    const act = modes.map((mode, index) => ({ ...proposal(index + 1), mode }));
    for (let day = 0; day <= 7; day += 1) await tick({ act, time: daysLater(day) });
    expect([started.length, announcer.sent.length]).toEqual([1, 1]);
    expect(await tick({ act, time: daysLater(8) })).toEqual({ said: 'sent' });
    expect(started).toHaveLength(2);
  });
});
