import type { AnswerRequest } from '../../shared/core/answer.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { DAY_MS, localDate } from '../../shared/core/time.ts';
import { type Asking, admit, stamp } from './decide.ts';
import { AnomalyEndedError, BadRequestError, UnknownAnomalyError } from './errors.ts';
import type { Ports, Said } from './ports.ts';

export type AnomalyRequest = Extract<AnswerRequest, { readonly about: { readonly anomaly: string } }>;

/** Longer than this nobody knows what is expected. */
const MOST_DAYS = 366;

/** What a person says about an anomaly. The last word counts; watch-spend hears of it at its next run. */
export async function answerAnomaly({ ledger }: Ports, request: AnomalyRequest, asking: Asking): Promise<Said> {
  const anomaly = await ledger.anomaly(request.about.anomaly);
  if (!anomaly) throw new UnknownAnomalyError(request.about.anomaly);
  admit(anomaly.account, asking);
  if (anomaly.state !== 'open' && request.say !== 'expected') throw new AnomalyEndedError(anomaly);
  refuseUntil(request, asking);
  const { about: _, ...said } = request;
  const { id, service, account, firstDay } = anomaly;
  const answer: SpendAnswer = { anomaly: id, service, account, firstDay, ...said, ...stamp(asking) };
  const before = (await ledger.answersAbout(id)).at(-1);
  const isSame = before !== undefined && sameWords(before) === sameWords(answer);
  if (!isSame) await ledger.recordSpendAnswer(answer);
  const { by, at } = isSame ? before : answer;
  const { say, until, recurring } = request;
  return {
    said: isSame ? 'before' : 'now',
    say,
    anomaly: id,
    by,
    at,
    ...(until ? { until } : {}),
    ...(recurring ? { recurring } : {}),
  };
}

const sameWords = ({ say, until, recurring, by, note }: SpendAnswer): string =>
  JSON.stringify([say, until, recurring, by, note]);

/** @throws {BadRequestError} when the day is over, or too far away */
function refuseUntil({ until }: AnomalyRequest, { policy, now }: Asking): void {
  if (until === undefined) return;
  const [first, last] = [now, new Date(now.getTime() + MOST_DAYS * DAY_MS)].map((one) =>
    localDate(one, policy.timezone),
  );
  if (first && last && first <= until && until <= last) return;
  throw new BadRequestError([`until: a date from ${first} to ${last} (${policy.timezone})`]);
}
