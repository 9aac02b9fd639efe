import type { Undo, VolumeSpec } from '../../action.ts';
import { type Evidence, known, unknown } from '../../evidence.ts';
import type { DatabaseFacts } from '../../facts.ts';
import { type Money, times } from '../../money.ts';
import { includedInGp3 } from '../../rules/database-volume-type.ts';
import { codeOwnerOf, lineIn } from '../../rules/infrastructure-code.ts';
import type { Drawing } from '../../sparkline.ts';
import { DAY_MS, localTime } from '../../time.ts';
import type { Alarm } from '../alarm.ts';
import { UNATTENDED_DAYS } from '../memory.ts';
import type { AlarmedDatabase, Remedy, RunbookFacts, RunbookSettings } from '../runbook.ts';
import {
  FORECAST_DAYS,
  forecastStorage,
  type Growth,
  growthOf,
  isFullWithinHours,
  leastStep,
  type Pace,
  paceToGrowFor,
  type StorageForecast,
  steepestOf,
} from '../storage-forecast.ts';
import { crossesStriping, grownStorage, mostStorageGiB, withSize } from '../storage-limits.ts';
import { whyStorageStays } from '../storage-stays.ts';
import { count, inShort, leftTo, leftUnknown, notFor, shownOf } from '../words.ts';

const GIB = 1024 ** 3;

/** While there is so much time left, a person is asked about the move from one volume to four. */
const DAYS_TO_ASK = 3;

type Verdict = Omit<Remedy, 'evidence' | 'charts'>;

/**
 * database-storage-low
 *   > Grow the storage of an RDS database to what 30 days of its trend need, and so far that the alarm is not on any more:
 *   > by at least 10 %, at most by what the policy and AWS allow. Full within hours at the pace of the last ones: by what 30
 *   > days of that need, which is as a rule all that is allowed. Provisioned IOPS and throughput are kept.
 *   > Left: Aurora and its like, whose storage grows by itself; Multi-AZ DB clusters; RDS Custom; storage autoscaling that has
 *   > room; a change of the storage that runs, or was less than six hours ago, or the fifth in 24 hours; other pending
 *   > modifications; storage at its maximum, or at that of its autoscaling, beyond which RDS refuses it; an unknown trend.
 *   > Asked first, whatever the mode: grown too often within 30 days; not full within 30 days by any forecast; the code that it
 *   > is made from; a move to four volumes while there is time.
 */
export function databaseStorageLow(facts: RunbookFacts, settings: RunbookSettings): Remedy {
  const { resource, alarm, now, unattendedGrowths: grown = 0 } = facts;
  if (resource.type !== 'database') return notFor('databases', facts);
  const forecast = forecastStorage(resource.freeStorageHours, { now, since: resource.storageChanges?.last });
  const { evidence, charts } = shownOf(facts);
  const stays = whyStorageStays(resource, { now, timezone: settings.timezone });
  const verdict = stays ?? judge({ resource, forecast, keepFreeGiB: thresholdGiB(alarm), grown, now }, settings);
  return {
    ...verdict,
    ...(isUrgent(resource.facts, forecast) ? { urgent: true } : {}),
    evidence: [
      ...forecastLines(forecast),
      ...growthLines(resource.facts, verdict),
      ...autoscalingLines(resource),
      ...replicaLines(resource.facts),
      ...evidence,
    ],
    charts: [...usedChart(resource), ...charts],
  };
}

interface Question {
  readonly resource: AlarmedDatabase;
  readonly forecast: Evidence<StorageForecast>;
  readonly keepFreeGiB: number;
  /** So often within 30 days without anybody being asked. */
  readonly grown: number;
  readonly now: Date;
}

/** The alarm's threshold, where it is one of the free storage itself; else 0: the trend alone decides. */
function thresholdGiB({ watches }: Alarm): number {
  if (watches.kind !== 'metric' || watches.expression !== undefined || watches.metrics.length !== 1) return 0;
  const { metrics, threshold = 0 } = watches;
  if (metrics[0]?.name !== 'FreeStorageSpace' || !Number.isFinite(threshold)) return 0;
  return Math.max(0, threshold) / GIB;
}

function judge(question: Question, settings: RunbookSettings): Verdict {
  const { resource, forecast, keepFreeGiB } = question;
  const { facts: database, growsItselfTo } = resource;
  const { sizeGiB } = database.storage;
  if (sizeGiB === undefined)
    return leftUnknown('look at it in the console', 'AWS does not say how large its storage is');
  if (growsItselfTo !== undefined && hasRoom(sizeGiB, growsItselfTo))
    return leftTo(WAIT, `RDS grows its storage by itself, up to ${growsItselfTo} GiB`);
  if (!forecast.known) return leftUnknown(growBy(database, sizeGiB + leastStep(sizeGiB)), forecast.why);
  const limits = { ...settings, mostGiB: mostStorageGiB(database) };
  const { freeGiB } = forecast.value;
  const growth = growthOf(
    { sizeGiB, freeGiB, perDayGiB: paceToGrowFor(forecast.value).perDayGiB, keepFreeGiB },
    limits,
  );
  if (growth.toGiB === undefined) return refused(database, growth);
  const freeAfter = freeGiB + growth.toGiB - sizeGiB;
  if (freeAfter <= keepFreeGiB && !isFullSoon(database, forecast.value))
    return leftTo(
      'lower the threshold of the alarm, or raise remediation.growAtMost in the policy',
      `${freeNow(forecast.value, sizeGiB)}; ${growth.cappedBy} allows ${growth.toGiB} GiB, which leave ` +
        `${inShort(freeAfter)} GiB free, not more than the alarm's ${inShort(keepFreeGiB)} GiB`,
    );
  return grow(question, { growth, forecast: forecast.value, settings });
}

const WAIT =
  'wait: storage autoscaling begins when 10 % or less was free for five minutes. Should that be too late, grow it by hand';

const hasRoom = (sizeGiB: number, mostGiB: number): boolean => sizeGiB + leastStep(sizeGiB) <= mostGiB;

const daysUntilFull = (forecast: StorageForecast): number =>
  steepestOf(forecast).daysUntilFull ?? Number.POSITIVE_INFINITY;

const isFullBy = (forecast: StorageForecast): boolean => daysUntilFull(forecast) <= FORECAST_DAYS;

/** What is full already does not fill any more. */
const isFull = ({ status }: DatabaseFacts): boolean => status === 'storage-full';

const isFullSoon = (database: DatabaseFacts, forecast: StorageForecast): boolean =>
  isFull(database) || isFullBy(forecast);

const isUrgent = (database: DatabaseFacts, forecast: Evidence<StorageForecast>): boolean =>
  isFull(database) || (forecast.known && isFullWithinHours(forecast.value));

type Refused = Extract<Growth, { readonly refusedBy: string }>;
type Grown = Extract<Growth, { readonly wantedGiB: number }>;

function refused(database: DatabaseFacts, { refusedBy, leastGiB }: Refused): Verdict {
  const tenth = `RDS grows storage by at least 10 %, here to ${leastGiB} GiB`;
  if (refusedBy === 'the policy')
    return leftTo(growBy(database, leastGiB), `${tenth}, and the policy allows less at once`);
  return leftTo(
    'delete or archive data, or move some of them to another database',
    `it is at its maximum: ${tenth}, and AWS allows ${mostStorageGiB(database)} GiB`,
  );
}

/** What a person types who knows better. */
const growBy = (database: DatabaseFacts, toGiB: number): string => growWith(database, `--allocated-storage ${toGiB}`);

/**
 * So much over the storage is its autoscaling's maximum to be, at least 10 % (RDS User Guide, "Managing capacity automatically
 * with Amazon RDS storage autoscaling").
 */
const ROOM_SHARE = 0.26;

const growBoth = (database: DatabaseFacts, toGiB: number): string =>
  growWith(
    database,
    `--allocated-storage ${toGiB} --max-allocated-storage ${Math.min(toGiB + Math.ceil(toGiB * ROOM_SHARE), mostStorageGiB(database))}`,
  );

const growWith = ({ name, scope }: DatabaseFacts, sizes: string): string =>
  `aws rds modify-db-instance --region ${scope.region} --db-instance-identifier ${name} ${sizes} --apply-immediately   (it never shrinks again)`;

interface Growing {
  readonly growth: Grown;
  readonly forecast: StorageForecast;
  readonly settings: RunbookSettings;
}

function grow({ resource, grown, now }: Question, { growth, forecast, settings }: Growing): Verdict {
  const { facts: database, growsItselfTo } = resource;
  const storage = grownStorage(database, growth.toGiB);
  if (!storage)
    return leftUnknown(growBy(database, growth.toGiB), 'AWS does not say of what type its storage is, or its IOPS');
  const code = codeLine(database, growth.toGiB);
  const days = daysUntilFull(forecast);
  const mayAsk = crossesStriping(database, growth.toGiB) && days >= DAYS_TO_ASK;
  const fullAt = new Date(now.getTime() + Math.min(days, FORECAST_DAYS) * DAY_MS);
  const when = isFullBy(forecast) ? `, at ${localTime(fullAt, settings.timezone)}` : '';
  const isTooOften = grown >= settings.growAtMostTimes;
  const often = isTooOften
    ? `; it was let grow ${count(grown, 'time')} within ${UNATTENDED_DAYS} days (\`remediation.growAtMost.times\`): something eats it`
    : '';
  const because = `${freeNow(forecast, storage.from.sizeGiB)}${when}; ${enough(growth, { sizeGiB: storage.from.sizeGiB, forecast })}`;
  if (growsItselfTo !== undefined)
    return leftTo(
      growBoth(database, growth.toGiB),
      `${because}; its autoscaling is at its maximum of ${growsItselfTo} GiB, and RDS refuses more storage unless that is raised as well`,
    );
  return {
    act: {
      action: { kind: 'change-database-storage', direction: 'gives', database: database.identity, ...storage },
      undo: NO_WAY_BACK,
      onlyApproved: isTooOften || !isFullSoon(database, forecast) || code !== undefined || mayAsk,
      monthlyMore: monthlyMore(database, storage),
    },
    because: `${because}${often}`,
    next: code ? `change the code, too: ${code}` : growBy(database, growth.toGiB),
  };
}

const NO_WAY_BACK: Undo = { reversibility: 'none', loses: 'its smaller size: storage of RDS never shrinks' };

interface Filling {
  readonly sizeGiB: number;
  readonly forecast: StorageForecast;
}

/** For how long the new size is enough, by each pace that was found. */
function enough({ toGiB, wantedGiB, cappedBy }: Grown, { sizeGiB, forecast }: Filling): string {
  const lastsDays = (perDayGiB: number) => (forecast.freeGiB + toGiB - sizeGiB) / perDayGiB;
  const pace = paceToGrowFor(forecast);
  const said = cappedBy
    ? `${FORECAST_DAYS} days need ${wantedGiB} GiB, of which ${cappedBy} allows ${toGiB}`
    : `${toGiB} GiB are enough for ${FORECAST_DAYS} days`;
  if (isFullWithinHours(forecast))
    return cappedBy ? `${said}, which lasts ${span(lastsDays(pace.perDayGiB))} at this pace` : said;
  const { lately } = forecast;
  if (!lately || lastsDays(lately.perDayGiB) >= FORECAST_DAYS) return said;
  return `by the trend of ${pace.over} ${said}; at the pace of the last ${lately.over} that lasts ${span(lastsDays(lately.perDayGiB))}`;
}

function codeLine({ tags }: DatabaseFacts, toGiB: number): string | undefined {
  const owner = codeOwnerOf(tags);
  return owner && lineIn(owner, { CloudFormation: 'AllocatedStorage', Terraform: 'allocated_storage' }, `${toGiB}`);
}

const freeNow = (forecast: StorageForecast, sizeGiB: number): string =>
  `${inShort(forecast.freeGiB)} of ${sizeGiB} GiB are free, ${trendOf(steepestOf(forecast))}`;

/** `at 1.9 GiB a day (trend of 24 hours) it is full in 4.3 days`, `at 18 GiB an hour (pace of the last 3 hours) ...` */
function trendOf({ perDayGiB, over, daysUntilFull: days }: Pace): string {
  if (days === undefined) return `which do not become fewer (trend of ${over})`;
  const pace =
    over === '3 hours'
      ? `${inShort(perDayGiB / 24)} GiB an hour (pace of the last ${over})`
      : `${inShort(perDayGiB)} GiB a day (trend of ${over})`;
  return days === 0 ? `and it fills at ${pace}` : `at ${pace} it is full in ${span(days)}`;
}

/** `20 minutes`, `3.1 hours`, `4 days` */
function span(days: number): string {
  if (days * 24 < 1) return count(Math.round(days * 24 * 60), 'minute');
  return days < 1 ? `${inShort(days * 24)} hours` : `${inShort(days)} days`;
}

function forecastLines(forecast: Evidence<StorageForecast>): string[] {
  if (!forecast.known) return [`forecast: ${forecast.why}`];
  const { freeGiB, lately } = forecast.value;
  return [
    `forecast: ${inShort(freeGiB)} GiB free, ${trendOf(forecast.value)}`,
    ...(lately ? [`forecast: ${trendOf(lately)}`] : []),
  ];
}

/** What growing brings beside the GiB. */
function growthLines(database: DatabaseFacts, { act }: Verdict): string[] {
  if (act?.action.kind !== 'change-database-storage') return [];
  const { from, to } = act.action;
  return [
    ...(crossesStriping(database, to.sizeGiB) ? [MOVES] : []),
    ...changed('IOPS', from.iops, to.iops),
    ...changed('throughput in MiB/s', from.throughputMiBs, to.throughputMiBs),
  ];
}

const MOVES = 'striping: RDS moves the data from one volume to four, which takes many of its IOPS for hours';

const changed = (what: string, from: number | undefined, to: number | undefined): string[] =>
  to === undefined || from === to
    ? []
    : [`${what}: ${to} at least at the new size, now ${from ?? 'what its size has'}`];

function autoscalingLines({ facts: { storage }, growsItselfTo }: AlarmedDatabase): string[] {
  if (growsItselfTo === undefined || storage.sizeGiB === undefined) return [];
  if (hasRoom(storage.sizeGiB, growsItselfTo)) return [`storage autoscaling: on, up to ${growsItselfTo} GiB`];
  return [`storage autoscaling: at its maximum of ${growsItselfTo} GiB, and grows it no further unless that is raised`];
}

/** The data of replicas become more as those of their source do. */
const replicaLines = ({ replication }: DatabaseFacts): string[] =>
  replication.length > 0
    ? [
        `replication: with ${count(replication.length, 'other database')} (${replication.join(', ')}), each of a storage of its own`,
      ]
    : [];

function usedChart({ facts, freeStorageHours }: AlarmedDatabase): Drawing[] {
  const { sizeGiB } = facts.storage;
  if (!freeStorageHours.known || !sizeGiB || !freeStorageHours.value.values.some(Number.isFinite)) return [];
  const values = freeStorageHours.value.values.map((free) =>
    free === undefined ? undefined : Math.max(0, 100 - (free / GIB / sizeGiB) * 100),
  );
  return [{ what: 'storage used', by: 'hour', unit: '%', values }];
}

/** The list price of the further GiB. What RDS asks for IOPS beyond the included ones is not read. */
function monthlyMore(database: DatabaseFacts, { from, to }: { from: VolumeSpec; to: VolumeSpec }): Evidence<Money> {
  const included = to.type === 'gp3' ? includedInGp3(withSize(database, to.sizeGiB)).iops : 0;
  if ((to.iops ?? 0) > Math.max(from.iops ?? 0, included)) return unknown('no list price of its further IOPS');
  const { prices } = database.evidence;
  if (!prices?.known) return unknown(`no list price: ${prices?.why ?? 'not read'}`);
  const perGiB = prices.value[`${to.type} GiB`];
  return perGiB ? known(times(to.sizeGiB - from.sizeGiB, perGiB)) : unknown(`no list price of ${to.type} GiB`);
}
