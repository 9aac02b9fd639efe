import pLimit from 'p-limit';
import { NO_HOLIDAYS } from '../../shared/core/calendar/holidays.ts';
import { countsOf } from '../../shared/core/plan.ts';
import { parsePolicy, rulesInForce } from '../../shared/core/policy.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import type { Announcer, Estate, Ledger, Starter, StoredPolicy } from '../../shared/ports.ts';
import { check, type Needs } from '../../shared/runtime/check.ts';
import type { Tick } from '../../shared/runtime/define-function.ts';
import { eachAccount } from '../../shared/runtime/each-account.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { log } from '../../shared/runtime/log.ts';
import type { RightSizeEvent } from './event.ts';
import { explain } from './explain.ts';
import { explanationTable } from './explanation-table.ts';
import type { Sources } from './gather.ts';
import { type Bills, readOnDemand } from './on-demand.ts';
import { replay } from './replay.ts';
import { outcomeReport, planTable, replayTable } from './report.ts';
import { type Account, type Look, look, run } from './run.ts';
import { accountsOf } from './tick.ts';

/** What right-size is made of; each is one deployment's, over many ticks. */
export interface Ports {
  readonly ledger: Ledger;
  readonly clock: () => Date;
  readonly announcer: Announcer;
  readonly estate: Estate;
  readonly prices: Sources['prices'];
  readonly metricsIn: Sources['metricsIn'];
  readonly bills: Omit<Bills, 'clock'>;
  readonly starter: Starter;
  /** What `check` tries. */
  readonly needs: Needs;
}

/** A tick, and the policy that is in force at it, if somebody stored one. */
export interface JudgedTick extends Tick {
  readonly stored: StoredPolicy | undefined;
}

/**
 * A tick without more is the full run: recorded and announced. What is narrowed (`scopes`, `rules`), only asked for
 * (`mode: report`), explained (`resource`) or replayed (`from`, `to`) is answered to the caller and leaves no trace, nor
 * does `check`, which tries everything that the others need. It comes first: it works where they cannot.
 */
export const handle = (ports: Ports) => async (event: RightSizeEvent, tick: JudgedTick) => {
  const { ledger, clock, announcer, estate, prices, metricsIn, bills, starter, needs } = ports;
  if (event.check) return check(needs, { own: tick.own, now: tick.time, scopes: event.scopes });
  const { policy = parsePolicy({}), holidays = NO_HOLIDAYS } = tick.stored ?? {};
  const accounts = chosenAccounts(event, accountsOf(policy, tick.own));
  const sources = { estate, prices, metricsIn, limit: pLimit(policy.concurrency) };
  // An explanation tells of every rule, also of those that are switched off.
  const rules = event.rules ?? (event.resource ? RULE_IDS : rulesInForce(policy));
  const onDemand = once(async () => {
    if (policy.defaults.savings === 'list') return undefined;
    const payer = policy.spend.payer ?? tick.own.account;
    return readOnDemand({ ...bills, clock }, { payer, policy, now: tick.time });
  });
  const looking: Look = { ledger, sources, policy, holidays, now: tick.time, rules, onDemand };

  if (event.resource) return formatted(event, await explain(event.resource, accounts, looking), explanationTable);
  const { from, to } = event;
  if (from && to)
    return formatted(event, await eachAccount(accounts, (one) => replay({ from, to }, one, looking)), replayTable);
  if (event.scopes || event.rules || event.mode)
    return formatted(event, await eachAccount(accounts, look(looking)), planTable);

  const delivery = { ledger, announcer, starter, policy, holder: tick.requestId, clock };
  const outcomes = await eachAccount(accounts, run({ ...looking, delivery }));
  // An alarm counts these lines (infra/alarms.yml): only a completed run makes them.
  for (const { plan, said } of outcomes) log.info('plan', { plan: plan.id, ...countsOf(plan), ...said });
  return event.format === 'table' ? planTable(outcomes.map(({ plan }) => plan)) : outcomes.map(outcomeReport);
};

/** Asked for by every account, and read for the first. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}

function formatted<T>({ format }: RightSizeEvent, result: T[], table: (result: T[]) => string): T[] | string {
  return format === 'table' ? table(result) : result;
}

/** @throws {InvalidEventError} for a scope that the policy does not know */
function chosenAccounts({ scopes }: RightSizeEvent, known: readonly Account[]): Account[] {
  if (!scopes) return [...known];
  return scopes.map((scope, index) => {
    const account = known.find((one) => one.account === scope.account);
    const allowed = known.map((one) => `${one.account} (${one.regions.join(', ')})`).join('; ');
    const foreign = (scope.regions ?? []).filter((region) => !account?.regions.includes(region));
    if (!account || foreign.length > 0) {
      throw new InvalidEventError('right-size', [
        `scopes.${index}: not among the policy's scopes; allowed: ${allowed}`,
      ]);
    }
    return { account: scope.account, regions: scope.regions ?? account.regions };
  });
}
