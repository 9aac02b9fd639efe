import { type Anomaly, impactOf, isExplained, type News, told } from '../../shared/core/spend/anomaly.ts';
import { type SpendAnswer, standingAnswers } from '../../shared/core/spend/answer.ts';
import { addDays, dayOf, daysIn } from '../../shared/core/spend/day.ts';
import type { Explanation } from '../../shared/core/spend/explanation.ts';
import type { Day } from '../../shared/core/spend/series.ts';
import { type Occasion, spendMessage, type Told } from '../../shared/core/spend/spend-message.ts';
import type { SpendRun } from '../../shared/ports-spend.ts';
import { type Deciding, decide, type Judged, judgeAll, newsAbout, unjudgedIn } from './decide.ts';
import { type Explaining, explain } from './explain.ts';
import { type Facts, gather, purseOf, type Sources } from './gather.ts';
import { reportOf } from './report.ts';

/** What is asked: which days, of whom, and on what occasion. */
export interface Question extends Deciding {
  readonly now: Date;
  /** The days that are judged, each as of that day; half-open. */
  readonly judged: { readonly from: Day; readonly to: Day };
  readonly occasion: Pick<Occasion, 'alarm' | 'backfill'>;
}

/** Reads, judges and explains, and leaves no trace but what Cost Explorer has answered. */
export async function look(sources: Sources, question: Question): Promise<SpendRun> {
  const { payer, policy, now } = question;
  const purse = purseOf(sources, question);
  const facts = await gather(sources, question, purse);
  const judged = judgeAll(facts, question);
  const changed = decideEach(facts, judged, question);
  const explaining: Explaining = { sources, policy, now, purse };
  const { anomalies, news } = await explained(dearestFirst(changed), {
    explaining,
    answers: standingAnswers(facts.answers),
  });
  const asOf = addDays(facts.to, -1);
  const unjudged = unjudgedIn(judged, asOf);
  const quiet = anomalies.filter(({ state, id }) => state === 'open' && !news.some(({ anomaly }) => anomaly.id === id));
  const occasion: Occasion = {
    payer,
    time: now.toISOString(),
    asOf,
    ...(quiet.length > 0 ? { stillOpen: quiet.length } : {}),
    ...(unjudged > 0 ? { unjudged } : {}),
    ...missedBefore(facts, question),
    ...question.occasion,
  };
  const isNews = news.length > 0 || occasion.alarm !== undefined;
  return {
    payer,
    time: now.toISOString(),
    state: 'recorded',
    anomalies,
    ...(isNews ? { message: spendMessage(news, occasion, policy) } : {}),
    report: reportOf({ facts, occasion, until: question.judged.to, anomalies, news, paid: purse.paid }),
  };
}

/**
 * Day by day, each as of that day; of each anomaly the last that was decided. Before and after the days that are asked about
 * nothing begins: what is open is followed from where it was left, and after a backfill to its end, as far as days are known.
 */
function decideEach(facts: Facts, judged: Judged, question: Question): Anomaly[] {
  const standing = new Map(facts.standing.map((one) => [one.id, one]));
  const changed = new Map<string, Anomaly>();
  const asked = daysAsked(facts, question);
  const left = facts.standing.filter(isOpen).map(({ asOf }) => addDays(asOf, 1));
  const [first = asked.from] = [asked.from, ...left].sort();
  for (const day of daysIn(first, question.occasion.backfill ? facts.knownTo : asked.to)) {
    const followed = day < asked.from ? standing : changed;
    const isAsked = asked.from <= day && day < asked.to;
    if (!isAsked && ![...followed.values()].some(isOpen)) continue;
    for (const one of decide({ ...facts, standing: [...standing.values()] }, judged, { ...question, day })) {
      if (!isAsked && !followed.has(one.id)) continue;
      standing.set(one.id, one);
      changed.set(one.id, one);
    }
  }
  return [...changed.values()];
}

/**
 * While the newest days are not answered yet a tick judges the last one that is: what was found late is told, and what is open
 * goes on.
 */
function daysAsked(facts: Facts, question: Question): Question['judged'] {
  const { to } = facts;
  if (question.occasion.backfill) return { from: question.judged.from, to };
  const { missed } = missedBefore(facts, question);
  const from = missed?.judgedFrom ?? question.judged.from;
  const newest = addDays(to, -1);
  return { from: newest < from ? newest : from, to };
}

/** Days that no daily look has judged, when there was one before them: what began and ended on them is told late, and not never. */
function missedBefore({ judgedTo, to }: Facts, { judged, occasion }: Question): Pick<Occasion, 'missed'> {
  const past = judged.from < to ? judged.from : to;
  if (occasion.backfill || occasion.alarm || judgedTo === undefined || judgedTo >= past) return {};
  const earliest = addDays(judged.from, -MOST_MISSED_DAYS);
  return { missed: { from: judgedTo, to: past, judgedFrom: judgedTo < earliest ? earliest : judgedTo } };
}

/** Of more days the threads are not at hand that were there before them. */
const MOST_MISSED_DAYS = 42;

const isOpen = ({ state }: Anomaly): boolean => state === 'open';

/** What goes on before what is over, and the dearest first: the month's paid calls may not be enough for all. */
const dearestFirst = (anomalies: readonly Anomaly[]): Anomaly[] =>
  anomalies.toSorted(
    (a, b) => Number(b.state === 'open') - Number(a.state === 'open') || Math.abs(impactOf(b)) - Math.abs(impactOf(a)),
  );

interface Answering {
  readonly explaining: Explaining;
  readonly answers: ReadonlyMap<string, SpendAnswer>;
}

/** Asks for the cause of what is news, or of what has none yet; and says what is news then. */
async function explained(changed: readonly Anomaly[], { explaining, answers }: Answering) {
  const { policy } = explaining;
  const anomalies: Anomaly[] = [];
  const news: Told[] = [];
  for (const anomaly of changed) {
    const answer = answers.get(anomaly.id);
    const known = lacksCause(anomaly, newsAbout(anomaly, answers, policy), answer)
      ? withExplanation(anomaly, await explain(anomaly, explaining))
      : anomaly;
    const why = newsAbout(known, answers, policy);
    anomalies.push(why ? told(known) : known);
    if (why) news.push({ anomaly: known, news: why, ...(answer ? { answer } : {}) });
  }
  return { anomalies, news };
}

/** A cause that was known before is not lost by one that could not be had again. */
const withExplanation = (anomaly: Anomaly, explanation: Explanation): Anomaly =>
  isExplained(anomaly) && !explanation.causes.known ? anomaly : { ...anomaly, explanation };

/** It is told for the first time, has grown, or is open and could not be explained before. */
function lacksCause(anomaly: Anomaly, news: News | undefined, answer: SpendAnswer | undefined): boolean {
  if (anomaly.state === 'withdrawn' || anomaly.state === 'expected') return false;
  if (!anomaly.said || news === 'grown') return news !== undefined;
  return anomaly.state === 'open' && answer?.say !== 'snooze' && !isExplained(anomaly);
}

/** Today and the days of a tick that judges the day before it; an alarm judges the running day as well. */
export function judgedAt(now: Date, alarm: unknown): { from: Day; to: Day } {
  const today = dayOf(now);
  const to = alarm ? addDays(today, 1) : today;
  return { from: addDays(to, -1), to };
}
