import pLimit from 'p-limit';
import type { Scope } from '../../shared/core/identity.ts';
import { type Policy, parsePolicy } from '../../shared/core/policy.ts';
import type { Announcer, Starter } from '../../shared/ports.ts';
import type { SnapshotLedger } from '../../shared/ports-snapshots.ts';
import { check, type Needs } from '../../shared/runtime/check.ts';
import type { Tick } from '../../shared/runtime/define-function.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { log } from '../../shared/runtime/log.ts';
import { decide } from './decide.ts';
import { refuseFuture, type SnapshotEvent } from './event.ts';
import { gather, type Sources } from './gather.ts';
import { type Asking, answerLook, answerRange, decidingOf } from './look.ts';
import { nightTable } from './report.ts';
import { type Delivery, run } from './run.ts';

/** What snapshot-databases is made of; each is one deployment's, over many ticks. */
export interface Ports {
  readonly ledger: SnapshotLedger;
  readonly clock: () => Date;
  /** Asked for at once and awaited when it is needed: its code is loaded while the ledger answers. */
  readonly looking: () => Promise<Looking>;
}

/** What looks at databases, tells of it, and hands a plan over. */
export interface Looking extends Pick<Sources, 'reader' | 'prices'> {
  readonly announcer: Announcer;
  readonly starter: Starter;
  /** What `check` tries. */
  readonly needs: Needs;
}

/** What is only looked at, tables above all, gets a minute: the backups do not wait for it. */
const LOOK_MS = 60_000;

/**
 * A tick without more is recorded, announced and handed over, and so is a `fill`. What is narrowed (`account`, `region`,
 * `database`), only asked for (`mode: report`) or a calendar (`from`, `to`) is answered to the caller and leaves no trace.
 */
export const handle = (ports: Ports) => async (event: SnapshotEvent, tick: Tick) => {
  if (event.check) {
    const { needs } = await ports.looking();
    return check(needs, { own: tick.own, now: tick.time, scopes: event.scopes });
  }
  refuseFuture(event, ports.clock());
  const [stored, looking] = await Promise.all([ports.ledger.currentPolicy(), ports.looking()]);
  const policy = stored?.policy ?? parsePolicy({});
  const asking: Asking = { event, policy, now: tick.time, own: tick.own.account, ...placesOf(policy, tick.own) };
  const lookEnds = AbortSignal.timeout(LOOK_MS);
  const sources: Sources = { ...ports, ...looking, limit: pLimit(policy.concurrency), lookEnds };
  const delivery: Delivery = { ...ports, ...looking, policy, holder: tick.requestId };
  refuseForeign(asking);
  const { from, to } = event;
  if (from && to) return answerRange({ sources, delivery }, asking, { from, to });
  if (event.mode || event.account || event.region || event.database)
    return answerLook(sources, delivery.ledger, asking);

  const outcomes = await run(delivery, asking, async (open) =>
    decide(await gather(sources, asking), await decidingOf(delivery.ledger, asking, open)),
  );
  // An alarm counts these lines (infra/alarms.yml): only a completed night makes them.
  for (const { report, said } of outcomes) {
    const { account, plans, act, left, coverage } = report;
    log.info('night', { account, plans, said, act: act.length, left: left.length, databases: coverage.length });
  }
  const reports = outcomes.map(({ report, said }) => ({ ...report, said }));
  return event.format === 'table' ? nightTable(reports) : reports;
};

/** The places of the policy, without any the function's own; and their accounts, with those that only keep copies. */
function placesOf({ scopes: named, snapshots }: Policy, own: Scope): Pick<Asking, 'scopes' | 'accounts'> {
  const scopes: Scope[] =
    named.length > 0
      ? named.flatMap(({ account, regions }) => regions.map((region) => ({ account, region })))
      : [{ account: own.account, region: own.region }];
  const vaults = snapshots.copyTo.flatMap(({ account }) => account ?? []);
  return { scopes, accounts: [...new Set([...scopes.map(({ account }) => account), ...vaults])] };
}

/** @throws {InvalidEventError} for an account or a region that the policy does not know */
function refuseForeign({ event, accounts, scopes }: Asking): void {
  const regions = scopes.filter((one) => one.account === (event.account ?? one.account)).map(({ region }) => region);
  const problems = [
    ...(event.account && !accounts.includes(event.account)
      ? [`account: one of the policy's, ${accounts.join(', ')}`]
      : []),
    ...(event.region && !regions.includes(event.region)
      ? [`region: one of the policy's, ${[...new Set(regions)].join(', ')}`]
      : []),
  ];
  if (problems.length > 0) throw new InvalidEventError('snapshot-databases', problems);
}
