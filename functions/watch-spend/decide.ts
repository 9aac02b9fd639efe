import type { Policy } from '../../shared/core/policy.ts';
import { parseHours, parseShare } from '../../shared/core/quantity.ts';
import { isRegionName } from '../../shared/core/regions.ts';
import { type Anomaly, type News, newsOf, type Sighting } from '../../shared/core/spend/anomaly.ts';
import { lessonsFor, type SpendAnswer, standingAnswers } from '../../shared/core/spend/answer.ts';
import { addDays, dayOf } from '../../shared/core/spend/day.ts';
import { isTooYoung, type Seen, see, sightingsIn } from '../../shared/core/spend/find.ts';
import { follow } from '../../shared/core/spend/follow.ts';
import { withoutPlannedDays } from '../../shared/core/spend/planned-region.ts';
import type { CostSeries, Day, SeriesKey } from '../../shared/core/spend/series.ts';
import type { Facts } from './gather.ts';

/** What is decided under. */
export interface Deciding {
  readonly payer: string;
  readonly policy: Policy;
  /** Only this account, this service. */
  readonly only: { readonly account?: string | undefined; readonly service?: string | undefined };
}

/** Every series as the model judges it; the same for whatever day is asked about. */
export interface Judged {
  readonly services: readonly Seen[];
  readonly regions: readonly Seen[];
}

/** The model's verdict on every day of every series, with what people have taught it. */
export function judgeAll({ services, regions, answers }: Facts, { policy, only }: Deciding): Judged {
  const standing = [...standingAnswers(answers).values()];
  const chosen = (series: readonly CostSeries[]) => series.filter((one) => isChosen(one, only));
  const seeing = (one: CostSeries) => see(one, lessonsFor(one, standing, policy.spend.planned));
  const seen = chosen(services).map(seeing);
  return {
    services: seen,
    // A service of a region is asked for by its service: a narrowed look leaves the regions out.
    regions: only.service === undefined ? withoutPlannedDays(chosen(regions).map(seeing), seen) : [],
  };
}

const isChosen = (one: { account: string; service: string }, { account, service }: Deciding['only']): boolean =>
  (account === undefined || one.account === account) && (service === undefined || one.service === service);

/** How many services have spend, and too little history to be judged. */
export const unjudgedIn = ({ services }: Judged, asOf: Day): number =>
  services.filter((one) => isTooYoung(one, asOf)).length;

/** A day to decide about, and when it is decided. */
export interface AsOf {
  /** The last day that is judged. */
  readonly day: Day;
  readonly now: Date;
}

/** The anomalies that a day makes or changes, of those that stand. Total and pure. */
export function decide(
  facts: Pick<Facts, 'currency' | 'answers'> & { readonly standing: readonly Anomaly[] },
  judged: Judged,
  { payer, policy, only, day, now }: Deciding & AsOf,
): readonly Anomaly[] {
  const settledUntil = dayOf(new Date(now.getTime() - parseHours(policy.spend.settleAfter) * HOUR_MS));
  const gates = {
    asOf: day,
    settledUntil: settledUntil <= day ? settledUntil : addDays(day, 1),
    minImpact: policy.spend.minImpact,
    minShare: parseShare(policy.spend.minShare),
    growBy: parseShare(policy.spend.growBy),
  };
  // What is not looked at is not judged either.
  const standing = facts.standing.filter(
    (one) => isChosen(one, only) && (one.kind !== 'new-region' || only.service === undefined),
  );
  const answers = standingAnswers(facts.answers);
  const ended = endedIn(standing, answers);
  const sightings: Sighting[] = [
    ...judged.services.flatMap((one) =>
      sightingsIn(one, { ...gates, fresh: 'new-service' }, ended.get(`service ${keyOf(one)}`)),
    ),
    ...newRegions(
      judged.regions.flatMap((one) =>
        sightingsIn(one, { ...gates, fresh: 'new-region' }, ended.get(`region ${keyOf(one)}`)),
      ),
    ),
  ];
  return follow(standing, sightings, {
    payer,
    currency: facts.currency,
    asOf: day,
    settledUntil: gates.settledUntil,
    answers,
  });
}

/** The threads of each series that have ended, also by an answer that nobody has acted on yet. Of what was withdrawn nothing was left. */
const endedIn = (
  standing: readonly Anomaly[],
  answers: ReadonlyMap<string, SpendAnswer>,
): ReadonlyMap<string, readonly Anomaly[]> =>
  Map.groupBy(
    standing.filter(
      ({ id, state }) => state !== 'withdrawn' && (state !== 'open' || answers.get(id)?.say === 'expected'),
    ),
    (one) => `${one.kind === 'new-region' ? 'region' : 'service'} ${keyOf(one)}`,
  );

const keyOf = ({ service, account }: SeriesKey): string => `${service} ${account}`;

/** Of a region only its beginning is a finding of its own: what goes on in it shows in its services. `global` is none. */
const newRegions = (sightings: readonly Sighting[]): Sighting[] =>
  sightings.filter(({ kind, service }) => kind === 'new-region' && isRegionName(service));

const HOUR_MS = 3_600_000;

/** What people are to hear of an anomaly as it is now. */
export const newsAbout = (
  anomaly: Anomaly,
  answers: ReadonlyMap<string, SpendAnswer>,
  { spend }: Policy,
): News | undefined => newsOf(anomaly, answers.get(anomaly.id), parseShare(spend.growBy));
