import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import { type Arn, parseArn } from '../../shared/core/identity.ts';
import type { Alarm, AlarmChange } from '../../shared/core/remediation/alarm.ts';
import {
  type GuardContext,
  type Held,
  heldAsChild,
  heldOnArrival,
  heldOnReading,
} from '../../shared/core/remediation/guards.ts';
import {
  type Due,
  dueIn,
  isSameChange,
  type RemediationMemory,
  withChange,
  withoutWaiting,
} from '../../shared/core/remediation/memory.ts';
import type { AlarmReader } from '../../shared/ports-remediation.ts';
import { isLookedAfter } from './asking.ts';

/** An alarm that went off, as it is by now. Neither held nor unread: it is on, and to be looked into. */
export interface Seen {
  readonly alarm: Alarm;
  readonly held?: Held;
  /** Why nobody knows how it is by now; it is as its event told. */
  readonly unread?: string;
}

/** Alarms as they are by now, and what is remembered of them with that. */
export interface Reread {
  readonly seen: readonly Seen[];
  readonly memory: RemediationMemory;
}

/**
 * What events told, held against what CloudWatch says by now: an event may be late, come twice, or overtake another. A composite
 * has its children with it, as far as they are on. With them goes what was left for a while and is due by now.
 */
export async function reread(
  reader: AlarmReader,
  told: readonly AlarmChange[],
  context: GuardContext,
): Promise<Reread> {
  const reading = new Reading(reader);
  const due = dueAlarms(context);
  const arrived = newestOfEach(told)
    .filter(({ arn }) => !due.some((one) => one.arn === arn))
    .map((alarm): Seen => seen(alarm, heldOnArrival(alarm, context)));
  const wanted = arrived.filter(({ held }) => !held).map(({ alarm }) => alarm);
  const read = await reading.of([...wanted, ...due]);
  const again = wanted.map((alarm): Seen => {
    const now = read.get(alarm.arn) ?? NOT_READ;
    if (!now.known) return { alarm, unread: now.why };
    return seen(now.value ?? alarm, heldOnReading(now.value, context));
  });
  const heldOf = (alarm: Alarm) => heldAsChild(alarm, context);
  const { on, memory } = stillOn(due, read, context);
  const waited = on.map(
    ({ alarm, muted }): Seen => seen(alarm, heldOnReading(muted ? unmuted(alarm) : alarm, context)),
  );
  const all = [...arrived.filter(({ held }) => held), ...again, ...waited];
  return { seen: await withChildren(all, { reading, heldOf }), memory };
}

/** One that was left for a while, and the change that it was left at. */
type DueAlarm = AlarmName & Due;

/** Of what is looked after. */
const dueAlarms = ({ memory, now, ...context }: GuardContext): DueAlarm[] =>
  dueIn(memory, now).flatMap((due) => {
    const { account = '', region = '', resource = '' } = parseArn(due.arn) ?? {};
    const scope = { account, region };
    return isLookedAfter({ ...context, now }, scope) ? [{ ...due, scope, name: resource.replace(/^alarm:/, '') }] : [];
  });

/** One that somebody wants quiet, for which its composite speaks. */
const unmuted = ({ muted: _, ...alarm }: Alarm): Alarm => alarm;

/** What was left for a while and is on without a break; what is not is waited for no more. What may not be read waits on. */
function stillOn(due: readonly DueAlarm[], read: Read, { memory: before }: GuardContext) {
  const on: { readonly alarm: Alarm; readonly muted?: true }[] = [];
  let memory = before;
  for (const { arn, since, muted } of due) {
    const now = read.get(arn) ?? NOT_READ;
    if (!now.known) continue;
    const alarm = now.value;
    if (alarm?.state === 'ALARM' && isSameChange(alarm.since, since)) on.push({ alarm, ...(muted ? { muted } : {}) });
    else memory = withoutWaiting(alarm ? withChange(memory, { alarm }) : memory, arn);
  }
  return { on, memory };
}

/** The same of alarms that were read just now, because somebody asks about them: they may be as old as they are. */
export function asRead(reader: AlarmReader, alarms: readonly Alarm[], context: GuardContext): Promise<Seen[]> {
  const heldOf = (alarm: Alarm) => heldOnReading(alarm, context);
  return withChildren(
    alarms.map((alarm) => seen(alarm, heldOf(alarm))),
    { reading: new Reading(reader), heldOf },
  );
}

const seen = (alarm: Alarm, held: Held | undefined): Seen => (held ? { alarm, held } : { alarm });

const isOn = ({ held, unread }: Seen): boolean => !held && unread === undefined;

/** Of an alarm that changed several times the last change counts; all of them are remembered. */
function newestOfEach(told: readonly AlarmChange[]): Alarm[] {
  const byAge = told.map(({ alarm }) => alarm).sort((a, b) => a.since.getTime() - b.since.getTime());
  return [...new Map(byAge.map((alarm) => [alarm.arn, alarm])).values()];
}

interface Children {
  readonly reading: Reading;
  /** Why one that is not told of by itself is left. */
  readonly heldOf: (alarm: Alarm) => Held | undefined;
}

/** A composite may be of composites. */
async function withChildren(alarms: readonly Seen[], { reading, heldOf }: Children): Promise<Seen[]> {
  const found = new Map(alarms.map((one) => [one.alarm.arn, one]));
  for (let parents = alarms.filter(isOn); parents.length > 0; ) {
    const wanted = parents.flatMap(({ alarm }) => childrenOf(alarm)).filter(({ arn }) => !isLookedInto(found.get(arn)));
    const read = await reading.of(wanted);
    const children = wanted.flatMap(({ arn }) => childSeen(read.get(arn), heldOf));
    for (const child of children) found.set(child.alarm.arn, child);
    parents = children.filter(isOn);
  }
  return [...found.values()];
}

/** One that somebody wants quiet is looked into all the same when its composite is not: that speaks for it. */
const isLookedInto = (one: Seen | undefined): boolean => one !== undefined && one.held?.guard !== 'muted';

function childSeen(read: Evidence<Alarm | undefined> | undefined, heldOf: Children['heldOf']): Seen[] {
  if (!read?.known || !read.value) return [];
  return [seen(read.value, heldOf(unmuted(read.value)))];
}

/** Alarms by their ARNs; nothing: it is not there. */
type Read = ReadonlyMap<Arn, Evidence<Alarm | undefined>>;

/** By what an alarm is found. */
type AlarmName = Pick<Alarm, 'arn' | 'name' | 'scope'>;

/** They are in the account and region of their composite. */
function childrenOf({ arn, name, scope, watches }: Alarm): AlarmName[] {
  if (watches.kind !== 'composite') return [];
  const before = arn.slice(0, arn.length - name.length);
  return watches.children.map((child) => ({ arn: `${before}${child}`, name: child, scope }));
}

const NOT_READ = unknown('it was asked for and not answered');

/** Reads each alarm once, whoever asks for it. */
class Reading {
  readonly #reader: AlarmReader;
  /** Nothing: it is not there. */
  readonly #read = new Map<Arn, Evidence<Alarm | undefined>>();

  constructor(reader: AlarmReader) {
    this.#reader = reader;
  }

  async of(alarms: readonly AlarmName[]): Promise<Read> {
    const wanted = alarms.filter(({ arn }) => !this.#read.has(arn));
    const places = Map.groupBy(wanted, ({ scope: { account, region } }) => `${account} ${region}`);
    await Promise.all([...places.values()].map((some) => this.#readSome(some)));
    return this.#read;
  }

  /** Of one place; one that does not let us in keeps no other. */
  async #readSome(alarms: readonly AlarmName[]): Promise<void> {
    const [first] = alarms;
    if (!first) return;
    const names = [...new Set(alarms.map(({ name }) => name))];
    const found = await unlessDenied(() => this.#reader.alarms(first.scope, names));
    for (const { arn } of alarms) {
      this.#read.set(arn, found.known ? known(found.value.find((one) => one.arn === arn)) : found);
    }
  }
}

/** What a place does not let us read is unknown. */
export async function unlessDenied<T>(read: () => Promise<T>): Promise<Evidence<T>> {
  try {
    return known(await read());
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedError') return unknown(error.message);
    throw error;
  }
}
