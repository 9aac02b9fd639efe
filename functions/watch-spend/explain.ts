import { hashOf } from '../../shared/core/canonical.ts';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import { type Policy, RESERVED_PAID_CALLS } from '../../shared/core/policy.ts';
import { isRegionName } from '../../shared/core/regions.ts';
import type { Anomaly } from '../../shared/core/spend/anomaly.ts';
import { AUDIT_DAYS, auditEventsFor, MOST_AUDIT_PAGES } from '../../shared/core/spend/audit-events.ts';
import { rankCauses } from '../../shared/core/spend/cause.ts';
import { addDays, dayOf, daysBetween, startOf } from '../../shared/core/spend/day.ts';
import type { Cause, Explanation } from '../../shared/core/spend/explanation.ts';
import { leavesOf } from '../../shared/core/spend/history.ts';
import { snapshotsBehind } from '../../shared/core/spend/own-snapshots.ts';
import type { CostAnswer, CostGrouping, CostQuery, OwnAbout } from '../../shared/ports-spend.ts';
import type { Purse, Sources } from './gather.ts';
import { firstKept, METRICS } from './read-bill.ts';

/** Each part of the bill is compared with its own past of so many days. */
const PAST_DAYS = 42;

/** Resource-level data are kept for so long. */
const RESOURCE_DAYS = 14;

/** What has none is asked again after so many days: once switched on, they are there within two. */
const WITHOUT_RESOURCES_DAYS = 7;

export interface Explaining {
  readonly sources: Sources;
  readonly policy: Policy;
  readonly now: Date;
  readonly purse: Purse;
}

/**
 * Why an anomaly is there. What was paid for is kept as soon as it is known: a run that dies behind it, and one that comes to
 * the same again, does not ask twice.
 */
export async function explain(anomaly: Anomaly, explaining: Explaining): Promise<Explanation> {
  const { ledger, clock } = explaining.sources;
  const { id, firstDay, lastDay, actual } = anomaly;
  const { metric, tag, costCategory } = explaining.policy.spend;
  const about = hashOf({ firstDay, lastDay, actual, metric, tag: tag ?? '', costCategory: costCategory ?? '' });
  const before = await ledger.explanation(id, about);
  if (before) return before;
  const explanation = await findOut(anomaly, explaining);
  if (explanation.causes.known) await ledger.keepExplanation(id, { about, explanation, now: clock() });
  return explanation;
}

/**
 * At most two paid questions, CloudTrail, and what Lamplighter did itself. Best effort: whatever cannot be had is unknown with
 * its reason, and the anomaly is told anyway.
 */
async function findOut(anomaly: Anomaly, explaining: Explaining): Promise<Explanation> {
  const causes = await orUnknown(() => byUsage(anomaly, explaining));
  const also = await alsoBy(anomaly, causes, explaining);
  const region = regionOf(anomaly, causes);
  const [traces, ours] = await Promise.all([
    orUnknown(() => tracesOf(anomaly, region, explaining)),
    orUnknown(async () => {
      const { sources, policy } = explaining;
      return known(
        await sources.changes.between(aboutOwn(anomaly, causes, policy), beginningOf(anomaly), policy.timezone),
      );
    }),
  ]);
  return { causes, also, traces: { ...traces, ...(region ? { region } : {}) }, ours };
}

async function orUnknown<T>(ask: () => Promise<Evidence<T>>): Promise<Evidence<T>> {
  try {
    return await ask();
  } catch (error) {
    return unknown(error instanceof Error ? reasonOf(error) : 'UnknownError');
  }
}

/** Our own errors say what to do; the words of others may carry what nobody should read. */
const reasonOf = ({ name, message }: Error): string =>
  ['AccessDeniedError', 'PaidCallsUsedUpError', 'MixedCurrenciesError', 'UnreadableCostsError'].includes(name)
    ? message
    : name;

type Causes = Evidence<readonly Cause[]>;

const largestOf = (causes: Causes): Cause | undefined => (causes.known ? causes.value[0] : undefined);

const isRegion = ({ kind }: Anomaly): boolean => kind === 'new-region';

const onlyOf = (anomaly: Anomaly): NonNullable<CostQuery['only']> => ({
  LINKED_ACCOUNT: [anomaly.account],
  [isRegion(anomaly) ? 'REGION' : 'SERVICE']: [anomaly.service],
});

function queryFor(anomaly: Anomaly, { policy, now }: Explaining, days: number): Omit<CostQuery, 'groupBy'> {
  const [first, kept] = [addDays(anomaly.firstDay, -days), firstKept(now)];
  return {
    from: first < kept ? kept : first,
    to: addDays(anomaly.lastDay, 1),
    metric: METRICS[policy.spend.metric],
    only: onlyOf(anomaly),
    withoutRecordTypes: policy.spend.without,
  };
}

async function byUsage(anomaly: Anomaly, explaining: Explaining): Promise<Causes> {
  const groupBy: CostGrouping[] = isRegion(anomaly)
    ? [{ dimension: 'SERVICE' }, { dimension: 'USAGE_TYPE' }]
    : [{ dimension: 'USAGE_TYPE' }, { dimension: 'REGION' }];
  return causesIn(await ask(anomaly, groupBy, explaining), anomaly);
}

async function ask(anomaly: Anomaly, groupBy: readonly CostGrouping[], explaining: Explaining): Promise<CostAnswer> {
  const { sources, purse } = explaining;
  const costs = await sources.costs(anomaly.payer);
  return costs.daily({ ...queryFor(anomaly, explaining, PAST_DAYS), groupBy }, purse.pay(RESERVED_PAID_CALLS));
}

/** By what the policy names; else by resource. */
async function alsoBy(anomaly: Anomaly, causes: Causes, explaining: Explaining): Promise<Explanation['also']> {
  const { tag, costCategory } = explaining.policy.spend;
  const groupings: { by: string; groupBy: CostGrouping }[] = [
    ...(tag ? [{ by: `by the tag ${tag}`, groupBy: { tag } }] : []),
    ...(costCategory ? [{ by: `by the cost category ${costCategory}`, groupBy: { costCategory } }] : []),
  ];
  const [named] = groupings;
  if (!named) return { by: 'by resource', ...(await orUnknown(() => byResource(anomaly, causes, explaining))) };
  const parts = await orUnknown(async () => causesIn(await ask(anomaly, [named.groupBy], explaining), anomaly));
  return { by: named.by, ...parts };
}

/**
 * Of the last two weeks only, so that the past to compare with may be short. AWS takes the question for a service, and a refusal
 * is paid for like an answer: what it does not have is not asked for again at once.
 */
async function byResource(anomaly: Anomaly, causes: Causes, explaining: Explaining): Promise<Causes> {
  const { sources, purse } = explaining;
  const { payer } = anomaly;
  const service = isRegion(anomaly) ? largestOf(causes)?.keys[0] : anomaly.service;
  if (!service) return unknown('AWS tells the resources of a service apart, and the service is not known');
  const today = sources.clock();
  const first = addDays(dayOf(today), -RESOURCE_DAYS);
  if (anomaly.firstDay <= first) return unknown(`AWS keeps resource-level data for ${RESOURCE_DAYS} days`);
  const without = await sources.ledger.withoutResources(payer, service, today);
  if (without) return unknown(without);
  const costs = await sources.costs(payer);
  const query = queryFor(anomaly, explaining, RESOURCE_DAYS);
  const only = { ...query.only, SERVICE: [service] };
  const answer = await costs.daysByResource({ ...query, from: first, only }, purse.pay(RESERVED_PAID_CALLS));
  if (answer.known) return causesIn(answer.value, anomaly);
  const until = startOf(addDays(dayOf(today), WITHOUT_RESOURCES_DAYS));
  await sources.ledger.keepWithoutResources(payer, { service, why: answer.why, until });
  return answer;
}

/** The parts that cost more than their past, the largest first; of a drop those that cost less. */
function causesIn(answer: CostAnswer, { firstDay, lastDay, currency, kind }: Anomaly): Causes {
  if (answer.currency !== currency) return unknown(`Cost Explorer answered in ${answer.currency}, not in ${currency}`);
  if (answer.days.length === 0) return unknown('Cost Explorer answered no day');
  const direction = kind === 'drop' ? 'down' : 'up';
  return known(rankCauses(leavesOf(answer.days), { from: firstDay, to: addDays(lastDay, 1), direction }));
}

/** Where to look for who did it: the region of the largest cause. */
function regionOf(anomaly: Anomaly, causes: Causes): string | undefined {
  if (isRegion(anomaly)) return anomaly.service;
  const name = largestOf(causes)?.keys[1];
  // What is global is recorded in us-east-1.
  return name && !isRegionName(name) ? 'us-east-1' : name;
}

/** What Lamplighter may have done to it itself. Copies belong to the plan of the account that has the database. */
function aboutOwn({ account, payer, kind, service }: Anomaly, causes: Causes, { scopes }: Policy): OwnAbout {
  const planners = [...new Set([account, payer, ...scopes.map((scope) => scope.account)])];
  return { account, planners, snapshots: snapshotsBehind({ kind, service }, causes) };
}

/** The day before it and its first day. */
const beginningOf = ({ firstDay }: Anomaly) => ({
  from: startOf(addDays(firstDay, -1)),
  to: startOf(addDays(firstDay, 1)),
});

async function tracesOf(
  anomaly: Anomaly,
  region: string | undefined,
  { sources, now }: Explaining,
): Promise<Explanation['traces']> {
  if (!region) return unknown('the region is not known');
  if (daysBetween(anomaly.firstDay, dayOf(now)) >= AUDIT_DAYS) return unknown(`CloudTrail keeps ${AUDIT_DAYS} days`);
  const found = await sources.trail.lookup({
    scope: { account: anomaly.account, region },
    ...beginningOf(anomaly),
    eventNames: auditEventsFor(isRegion(anomaly) ? '' : anomaly.service, anomaly.kind === 'drop' ? 'less' : 'more'),
    maxPages: MOST_AUDIT_PAGES,
  });
  if (!found.known) return found;
  const events = found.value.events.map(({ time, name, actor, resources }) => ({
    time,
    event: name,
    actor,
    resources: resources.map((resource) => resource.name),
  }));
  return known({
    events: events.slice(0, MOST_TRACES),
    complete: found.value.complete && events.length <= MOST_TRACES,
  });
}

/** Kept in the ledger; more than people read. */
const MOST_TRACES = 20;
