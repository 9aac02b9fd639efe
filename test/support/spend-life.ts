import { decide, judgeAll, newsAbout } from '../../functions/watch-spend/decide.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { type Anomaly, type News, told } from '../../shared/core/spend/anomaly.ts';
import { type SpendAnswer, standingAnswers } from '../../shared/core/spend/answer.ts';
import { addDays } from '../../shared/core/spend/day.ts';
import type { Day } from '../../shared/core/spend/series.ts';
import { anomaly } from './anomaly-specimen.ts';

const FIRST_DAY: Day = '2026-01-01';
const SERIES = { service: 'Amazon SageMaker', account: '111111111111' };

/** The day of an index. */
export const dayOfLife = (index: number): Day => addDays(FIRST_DAY, index);

/** About so much a day. */
export const about = (amount: number, index: number): number => amount * (1 + 0.02 * Math.sin(index * 2.3));

export interface Heard {
  /** The day up to which was judged, as an index. */
  readonly day: number;
  readonly news: News;
  readonly anomaly: Anomaly;
}

interface Life {
  /** What each day cost. */
  readonly cost: (index: number) => number;
  /** The days that are judged, one tick each, both included. */
  readonly from: number;
  readonly to: number;
  /** What a person says after a tick, of the newest anomaly. */
  readonly answer?: (day: number, newest: Anomaly) => Partial<SpendAnswer> | undefined;
  readonly policy?: object;
}

/** The life of one series, tick by tick: what people hear, and the threads as they are in the end. */
export function live({ cost, from, to, answer, policy = {} }: Life) {
  const deciding = { payer: '123456789012', policy: parsePolicy(policy), only: {} };
  const heard: Heard[] = [];
  const answers: SpendAnswer[] = [];
  const threads = new Map<string, Anomaly>();
  const all = Array.from({ length: to + 1 }, (_, index) => cost(index));
  for (let day = from; day <= to; day += 1) {
    const services = [{ ...SERIES, firstDay: FIRST_DAY, amounts: all.slice(0, day + 1) }];
    const until = dayOfLife(day + 1);
    const facts = { currency: 'USD', services, regions: [], answers, to: until, knownTo: until };
    const standing = [...threads.values()];
    const now = new Date(`${until}T07:30:00Z`);
    const judged = judgeAll({ ...facts, standing }, deciding);
    for (const changed of decide({ ...facts, standing }, judged, { ...deciding, day: dayOfLife(day), now })) {
      const one = { ...changed, explanation: anomaly().explanation! };
      const news = newsAbout(one, standingAnswers(answers), deciding.policy);
      threads.set(one.id, news ? told(one) : one);
      if (news) heard.push({ day, news, anomaly: one });
    }
    const newest = [...threads.values()].at(-1);
    const said = newest && answer?.(day, newest);
    if (said) {
      const { id, firstDay } = newest;
      answers.push({ ...SERIES, anomaly: id, firstDay, say: 'expected', by: 'kim', at: now.toISOString(), ...said });
    }
  }
  return { heard, threads: [...threads.values()], words: heard.map(({ day, news }) => `${day} ${news}`) };
}
