import { DAY, MINUTE } from '../clock.ts';
import type { BillLine, DailyCost } from '../estate/billing.ts';
import type { TrailEventSpec } from '../estate/cloud-trail-state.ts';
import { type DayNumber, dateOf, dayNumber } from '../estate/days.ts';
import { Dice } from '../fleet/dice.ts';
import { blowOf, type IncidentKind, USUAL } from './incidents.ts';

export interface Incident {
  readonly kind: IncidentKind;
  /** Its first day, `2026-11-02`. */
  readonly from: string;
  readonly days?: number;
  /** About what it adds a day. A domain that is deleted takes away what it cost. */
  readonly dollars?: number;
}

/** What was planted, for whoever judges what was found. */
export interface PlantedIncident {
  readonly kind: IncidentKind;
  /** Everybody knew of it beforehand. */
  readonly planned: boolean;
  readonly from: string;
  /** Exclusive. */
  readonly until: string;
  readonly account: string;
  readonly region: string;
  readonly services: readonly string[];
  readonly usageTypes: readonly string[];
  /** Those that it brought. */
  readonly resources: readonly string[];
  /** By whom and by which call; none for what nobody did. */
  readonly event?: TrailEventSpec;
  /** Dollars of a day (`2026-11-02`) beyond what it would have cost; below zero for a drop. */
  readonly excess: (date: string) => number;
  /** Over all its days. */
  readonly total: number;
}

/** An incident that is to strike the usual bill. */
export interface Plan {
  readonly truth: PlantedIncident;
  readonly adds: readonly BillLine[];
  /** What becomes of a usual line on a day; 1 where nothing does, `undefined` where it is gone. */
  readonly factor: (line: BillLine, day: DayNumber) => number | undefined;
}

/** Works out what an incident does to the usual lines, and what that comes to. */
export function plan({ kind, from, ...size }: Incident, usual: readonly BillLine[], seed: number): Plan {
  const { days, dollars } = { ...USUAL[kind], ...size };
  const blow = blowOf(kind, { dollars, dice: new Dice(seed, `${kind} ${from}`) });
  const [first, end] = [dayNumber(from), dayNumber(from) + days];
  const during = (day: DayNumber) => day >= first && day < end;
  const adds = blow.adds.map((line) => ({ ...line, unblended: only(line.unblended, during) }));
  const scaled = usual.filter((line) => blow.factor?.(line) !== undefined);
  const excess = (day: DayNumber) =>
    adds.reduce((sum, line) => sum + (line.unblended(day) ?? 0), 0) +
    (during(day)
      ? scaled.reduce((sum, line) => sum + ((blow.factor?.(line) ?? 1) - 1) * (line.unblended(day) ?? 0), 0)
      : 0);
  const touched = [...adds, ...scaled];
  return {
    adds,
    factor: (line, day) => (during(day) ? asFactor(blow.factor?.(line) ?? 1) : 1),
    truth: {
      kind,
      planned: kind === 'sale',
      from,
      until: dateOf(end),
      account: blow.account,
      region: blow.region,
      services: unique(touched.map(({ service }) => service)),
      usageTypes: unique(touched.map(({ usageType }) => usageType)),
      resources: unique(adds.flatMap(({ resource }) => resource ?? [])),
      ...(blow.event ? { event: { ...blow.event, at: callAt(first) } } : {}),
      excess: (date) => excess(dayNumber(date)),
      total: Array.from({ length: days }, (_, index) => excess(first + index)).reduce((sum, one) => sum + one, 0),
    },
  };
}

/** A usual line as the incidents leave it. */
export function struck(line: BillLine, plans: readonly Plan[]): BillLine {
  const unblended: DailyCost = (day) =>
    plans.reduce<number | undefined>((cost, { factor }) => {
      const by = factor(line, day);
      return cost === undefined || by === undefined ? undefined : cost * by;
    }, line.unblended(day));
  return { ...line, unblended };
}

const only =
  (cost: DailyCost, during: (day: DayNumber) => boolean): DailyCost =>
  (day) =>
    during(day) ? cost(day) : undefined;

/** What costs nothing any more is not on the bill. */
const asFactor = (factor: number): number | undefined => (factor === 0 ? undefined : factor);

/** Forty minutes after the first day begins: in the morning in Seoul. */
const callAt = (first: DayNumber): Date => new Date(first * DAY + 40 * MINUTE);

const unique = (values: readonly string[]): string[] => [...new Set(values)];
