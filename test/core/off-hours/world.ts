import { keepOnTagged, keptOn } from '../../../shared/core/calendar/keep-on.ts';
import { stateAt } from '../../../shared/core/calendar/state.ts';
import type { Change, Outcome } from '../../../shared/core/change.ts';
import { type Decision, decide } from '../../../shared/core/off-hours/decide.ts';
import { type OffHoursRecord, recordOf } from '../../../shared/core/off-hours/record.ts';
import { resolvedAll } from '../../../shared/core/off-hours/resolve.ts';
import { schedulesInForce } from '../../../shared/core/off-hours/schedules.ts';
import type { Policy } from '../../../shared/core/policy.ts';
import { ACCOUNT, BOOK, changeOf, instance } from '../../support/off-hours-specimen.ts';

/** What becomes of a plan: by the next tick, an hour later (heard of before, or not), done and said to have failed, or nothing. */
export type Fate = Extract<Outcome, 'kept' | 'skipped' | 'failed' | 'vetoed'> | 'slow' | 'late' | 'unclear' | 'lost';

/** What somebody or AWS does. */
export type Event = 'person starts' | 'person stops' | 'AWS restarts' | 'keep on' | 'keep on no longer';

const LATE_MS = 50 * 60_000;

/** One resource over many ticks, with people, AWS and a function that acts, sometimes. */
export class World {
  readonly policy: Policy;
  power: 'running' | 'stopped' = 'running';
  startedBy: 'AWS' | undefined;
  stoppedBy: 'off-hours' | 'a person' | undefined;
  #keepOnUntil: Date | undefined;
  kept: OffHoursRecord | undefined;
  /** An execution that has the lease, and of which nothing is written down before its end. */
  #late: { readonly at: Date; readonly end: () => void } | undefined;
  readonly #changes = new Map<string, Change>();
  #slow: { readonly at: number; readonly isStart: boolean; readonly end: (outcome: Outcome) => void } | undefined;

  constructor(policy: Policy) {
    this.policy = policy;
  }

  happen(event: Event, at: Date): void {
    this.pass(at);
    // Nobody can tell a start that a person has ended from one that came to nothing.
    if (event === 'person stops' && this.#slow?.isStart) return;
    if (event.startsWith('person')) this.#end('failed'); // whoever waits for it sees that
    if (event === 'person starts' && this.power === 'stopped') {
      Object.assign(this, { power: 'running', startedBy: undefined });
    }
    if (event === 'person stops' && this.power === 'running') {
      // Who stops what AWS restarted puts it back as off-hours had it.
      if (this.startedBy !== 'AWS') this.stoppedBy = 'a person';
      this.power = 'stopped';
    }
    if (event === 'AWS restarts' && this.power === 'stopped')
      Object.assign(this, { power: 'running', startedBy: 'AWS' });
    if (event === 'keep on') this.keepOn(new Date(Math.floor(at.getTime() / 60_000) * 60_000 + 7 * 3_600_000));
    if (event === 'keep on no longer') this.#keepOnUntil = undefined;
  }

  /** Somebody tags it. */
  keepOn(until: Date): void {
    this.#keepOnUntil = until;
  }

  /** What the schedule wants now, with its override. */
  wanted(at: Date): 'on' | 'off' {
    return stateAt(this.#calendar(), at).state;
  }

  /** Looks and decides; what it keeps counts unless it dies before. */
  tick(at: Date, fate: Fate, dies = false): Decision {
    const { policy, kept } = this;
    this.pass(at);
    if (this.#slow && this.#slow.at <= at.getTime()) this.#end('kept');
    const memories = (kept?.memories ?? []).map((one) =>
      resolvedAll(one, ({ planId, number }) => this.#changes.get(`${planId}/${number}`), at),
    );
    const facts = { account: ACCOUNT, resources: [this.#resource()], unreadable: [], untagged: new Set<string>() };
    const deciding = { policy, holidays: BOOK, now: at, vetoes: [], overrides: new Map() };
    const decision = decide(facts, memories, deciding);
    if (dies) return decision;
    // What is kept has been written down, and is read again.
    const record = JSON.parse(
      JSON.stringify(recordOf({ decision, alarms: new Map(), policy }, kept)),
    ) as OffHoursRecord;
    this.kept = record;
    if (record.plan?.act.some(({ mode }) => mode === 'auto')) this.#carryOut(record, fate, at);
    return decision;
  }

  /** Time passes, and what was begun may come to its end. */
  pass(now: Date): void {
    if (!this.#late || this.#late.at > now) return;
    this.#late.end();
    this.#late = undefined;
  }

  #end(outcome: Outcome): void {
    this.#slow?.end(outcome);
    this.#slow = undefined;
  }

  #carryOut(record: OffHoursRecord, fate: Fate, at: Date): void {
    const { action } = record.plan!.act[0]!;
    const isStop = action.kind.startsWith('stop');
    const times = { appliedAt: at.toISOString(), finishedAt: at.toISOString() };
    const note = (outcome: Outcome | 'watching', more: Partial<Change> = times) => {
      const change = changeOf(record, 1, { outcome, ...more });
      this.#changes.set(change.id, change);
    };
    const apply = () => {
      if (isStop) Object.assign(this, { power: 'stopped', stoppedBy: 'off-hours', startedBy: undefined });
      else Object.assign(this, { power: 'running', startedBy: undefined });
    };
    if (this.#late) {
      note('skipped', { finishedAt: at.toISOString() });
      return;
    }
    if (fate === 'late') {
      const end = new Date(at.getTime() + LATE_MS);
      const [wanted, power] = isStop ? (['off', 'running'] as const) : (['on', 'stopped'] as const);
      const endsWith = () => {
        const isDone = this.power === power && this.wanted(end) === wanted;
        if (isDone) apply();
        const appliedAt = isDone ? { appliedAt: end.toISOString() } : {};
        note(isDone ? 'kept' : 'skipped', { ...appliedAt, finishedAt: end.toISOString() });
      };
      this.#late = { at: end, end: endsWith };
    }
    // A start that has worked and is said to have failed is one that nobody has seen.
    if (fate === 'kept' || fate === 'slow' || (fate === 'unclear' && isStop)) apply();
    if (fate === 'kept') note('kept');
    if (fate === 'unclear') note('failed');
    if (fate === 'slow') {
      note('watching');
      this.#slow = { at: at.getTime() + 3_600_000, isStart: !isStop, end: note };
    }
    if (fate === 'skipped' || fate === 'failed' || fate === 'vetoed') note(fate, { finishedAt: at.toISOString() });
  }

  #resource() {
    const { power, startedBy } = this;
    const until = this.#keepOnUntil && localOf(this.#keepOnUntil, this.#schedule().calendar.timezone);
    return instance('web', {
      power: power === 'running' && startedBy ? { power, startedBy } : { power },
      tags: { 'lamplighter:schedule': 'office', ...(until ? { 'lamplighter:keep-on-until': until } : {}) },
    });
  }

  #schedule() {
    const schedule = schedulesInForce(this.policy, BOOK, new Date(0)).get('office');
    if (!schedule) throw new Error('the policy has no schedule office');
    return schedule;
  }

  #calendar() {
    const { calendar } = this.#schedule();
    const { tags } = this.#resource();
    const override = keepOnTagged(tags, calendar.timezone);
    return keptOn(calendar, override ? [override] : []);
  }
}

/** `2026-11-27T18-00` */
const localOf = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    .format(at)
    .replace(' ', 'T')
    .replace(':', '-');
