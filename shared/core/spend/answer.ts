import type { Policy } from '../policy.ts';
import { addDays, dayOf } from './day.ts';
import type { Day, Lesson, SeriesKey } from './series.ts';

/** What a person may say about an anomaly. */
export const SPEND_SAYINGS = ['expected', 'investigate', 'snooze'] as const;
export type SpendSaying = (typeof SPEND_SAYINGS)[number];

/** What a person said about an anomaly: with its series, so that it teaches the model without the anomaly. */
export interface SpendAnswer extends SeriesKey {
  readonly anomaly: string;
  readonly firstDay: Day;
  /**
   * `expected`: it is right; until a day, on a day of each month (`recurring`), or from now on.
   * `investigate`: somebody looks into it. `snooze`: nothing about it through the day `until`.
   */
  readonly say: SpendSaying;
  /** The last day, in UTC. */
  readonly until?: Day;
  readonly recurring?: true;
  /** ARN of the person's IAM identity, as the Function URL saw it. */
  readonly by: string;
  /** ISO time at which it was said. */
  readonly at: string;
  readonly note?: string;
}

/** The newest answer to each anomaly, by its id: who says something else takes back what they said. */
export function standingAnswers(answers: readonly SpendAnswer[]): Map<string, SpendAnswer> {
  const inOrder = [...answers].sort((a, b) => (a.at < b.at ? -1 : 1));
  return new Map(inOrder.map((answer) => [answer.anomaly, answer]));
}

/** What people's standing answers and the policy's planned days teach the model about one series. */
export function lessonsFor(
  { service, account }: SeriesKey,
  answers: Iterable<SpendAnswer>,
  planned: Policy['spend']['planned'],
): Lesson[] {
  const isOurs = (one: { service?: string | undefined; account?: string | undefined }) =>
    (one.service ?? service) === service && (one.account ?? account) === account;
  return [
    ...[...answers].filter((one) => one.say === 'expected' && isOurs(one)).map(lessonOf),
    ...planned.filter(isOurs).map(({ from, to }): Lesson => ({ kind: 'once', from, until: to })),
  ];
}

function lessonOf(answer: SpendAnswer): Lesson {
  const { firstDay: from, until, recurring } = answer;
  const told = { from, through: seenBy(answer), ...(until && { until: addDays(until, 1) }) };
  if (recurring) return { ...told, kind: 'recurring' };
  return { ...told, kind: until ? 'once' : 'level' };
}

/** No thread lasts for longer: whoever answers later means its days, and not all that came behind them. */
const MOST_DAYS = 28;

/** The last day that whoever said it can have seen, and meant: the one before. */
function seenBy({ firstDay, at }: SpendAnswer): Day {
  const [before, most] = [addDays(dayOf(new Date(at)), -1), addDays(firstDay, MOST_DAYS - 1)];
  if (before < firstDay) return firstDay;
  return before < most ? before : most;
}
