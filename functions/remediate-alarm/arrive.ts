import type { Arn } from '../../shared/core/identity.ts';
import type { AlarmChange } from '../../shared/core/remediation/alarm.ts';
import { dueIn } from '../../shared/core/remediation/memory.ts';
import { arnOfSubject, subjectOf } from '../../shared/core/remediation/subject.ts';
import type { KeptRemediation } from '../../shared/ports-remediation.ts';
import type { Tick } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import { type Asking, askingOf, isLookedAfter } from './asking.ts';
import { sourcesOf } from './gather.ts';
import type { Looking, Ports } from './handle.ts';
import { look } from './look.ts';
import type { Answered } from './people.ts';
import type { AccountReport } from './report.ts';
import { type Outcome, run } from './run.ts';
import { unreachableMessage } from './unreachable.ts';

/** What became of the alarms of one account. */
export type Arrived =
  | (AccountReport & Pick<Outcome<unknown>, 'said'>)
  | { readonly account: string; readonly error: unknown };

/** Alarms that events told of, account by account: what fails of one keeps no other. */
export async function arrive(ports: Ports, changes: readonly AlarmChange[], tick: Tick): Promise<Arrived[]> {
  const byAccount = Map.groupBy(changes, ({ alarm }) => alarm.scope.account);
  const accounts = [...byAccount.keys()];
  const resources = resourcesOf(changes);
  const [opening, looking] = await Promise.all([settled(ports.ledger.opened(accounts, resources)), ports.looking()]);
  const arrived = await Promise.all(
    [...byAccount].map(async ([account, told]): Promise<Arrived> => {
      if ('error' in opening) return { account, error: opening.error };
      const { stored, kept, vetoes } = opening.value;
      const asking = askingOf(stored?.policy, tick);
      const answered = { resources, vetoes };
      const arriving: Arriving = { ports, looking, asking, answered, holder: tick.requestId };
      const done = await settled(arriveIn(arriving, { account, changes: told, opened: kept.get(account) }));
      return 'error' in done ? { account, error: done.error } : done.value;
    }),
  );
  const failed = arrived.flatMap((one) => ('error' in one ? [one] : []));
  for (const { account, error } of failed) log.error('account failed', { account, error: error as Error });
  const unreachable = failed.find(({ error }) => (error as Error).name === 'LedgerUnavailableError');
  if (unreachable)
    await tellThat(
      looking,
      unreachable.error as Error,
      failed.flatMap(({ account }) => byAccount.get(account) ?? []),
    );
  return arrived;
}

/** One read of the ledger takes a hundred keys. What is left out is asked for when something is to be done about it. */
const MOST_RESOURCES = 80;

/** What alarms that are on are about, as far as their events tell. */
function resourcesOf(changes: readonly AlarmChange[]): Arn[] {
  const arns = changes.flatMap(({ alarm }) => {
    const subject = subjectOf(alarm);
    return alarm.state === 'ALARM' && subject.type !== 'none' ? [arnOfSubject(subject, alarm)] : [];
  });
  return [...new Set(arns)].slice(0, MOST_RESOURCES);
}

/** Looks again at what was left for a while and is due by now, and brings to its end what died in between. */
export async function lookAgain(ports: Ports, tick: Tick): Promise<Arrived[]> {
  const stored = await ports.ledger.currentPolicy();
  const asking = askingOf(stored?.policy, tick);
  const accounts = asking.scopes.map(({ account }) => account);
  const { kept } = await ports.ledger.opened(accounts, []);
  const wanted = [...kept.values()].filter(
    (one) => isUnfinished(one, asking) || dueIn(one.memory, asking.now).length > 0,
  );
  if (wanted.length === 0) return [];
  const arriving: Arriving = { ports, looking: await ports.looking(), asking, holder: tick.requestId };
  return Promise.all(
    wanted.map(async (opened): Promise<Arrived> => {
      const { account } = opened;
      const done = await settled(arriveIn(arriving, { account, changes: [], opened }));
      if (!('error' in done)) return done.value;
      log.error('account failed', { account, error: done.error as Error });
      return { account, error: done.error };
    }),
  );
}

/** Nobody is at it, and it is not told. */
const isUnfinished = ({ state, until }: KeptRemediation, { now }: Asking): boolean =>
  state !== 'told' && Date.parse(until) <= now.getTime();

type Settled<T> = { readonly value: T } | { readonly error: unknown };

const settled = <T>(work: Promise<T>): Promise<Settled<T>> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

interface Arriving {
  readonly ports: Ports;
  readonly looking: Looking;
  readonly asking: Asking;
  readonly answered?: Answered;
  readonly holder: string;
}

interface InAccount {
  readonly account: string;
  readonly changes: readonly AlarmChange[];
  readonly opened: KeptRemediation | undefined;
}

async function arriveIn(
  { ports, looking, asking, answered, holder }: Arriving,
  { account, changes, opened }: InAccount,
) {
  const ours = changes.filter(({ alarm }) => isLookedAfter(asking, alarm.scope));
  for (const { alarm } of changes.filter((one) => !ours.includes(one))) {
    log.warn('out of scope', { alarm: alarm.name, ...alarm.scope });
  }
  const sources = sourcesOf({ ...ports, ...looking }, asking);
  const { report, said } = await run({ ...ports, ...looking, holder }, { account, opened }, (before) =>
    look(sources, asking, { account, changes: ours, ...(answered ? { answered } : {}) }, before),
  );
  logReport(report, said);
  return { ...report, said };
}

/** Nobody knows what was done before, so nothing is: people have to know of what is on. */
async function tellThat({ announcer }: Looking, error: Error, changes: readonly AlarmChange[]): Promise<void> {
  const on = changes.map(({ alarm }) => alarm).filter(({ state }) => state === 'ALARM');
  if (on.length === 0) return;
  const sent = await settled(announcer.send(unreachableMessage(on, error.message)));
  if ('error' in sent) log.error('not told', sent.error as Error);
}

/** One line for each alarm that is left, and one for what becomes of the others. */
export function logReport({ account, plans, told, quiet }: AccountReport, said: Outcome<unknown>['said']): void {
  for (const { alarms, guard, because } of quiet) {
    for (const { name, region } of alarms) log.info('left', { account, region, alarm: name, guard, because });
  }
  for (const { alarms, about, runbook, turn, because, plan } of told) {
    log.info('answered', { account, alarms: alarms.map(({ name }) => name), about, runbook, turn, because, plan });
  }
  log.info('alarms', { account, said, plans, told: told.length, quiet: quiet.length });
}
