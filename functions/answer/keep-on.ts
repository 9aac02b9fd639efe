import type { AnswerRequest } from '../../shared/core/answer.ts';
import { type KeepOnAnswer, untilOf } from '../../shared/core/calendar/keep-on.ts';
import { parseArn } from '../../shared/core/identity.ts';
import { DAY_MS, localTime } from '../../shared/core/time.ts';
import { type Asking, admit } from './decide.ts';
import { BadRequestError, KeptOnLongerError } from './errors.ts';
import type { Ports, Said } from './ports.ts';

export type KeepOnRequest = Extract<AnswerRequest, { readonly say: 'keep-on' }>;

/** For longer, no schedule says it better. */
const MOST_DAYS = 30;

/**
 * Keeps a resource on until a time, whatever its schedule says. A person may change their own word; somebody else's that
 * lasts longer stays, unless it is taken back by `until: now`.
 */
export async function keepOn({ ledger }: Ports, request: KeepOnRequest, asking: Asking): Promise<Said> {
  const { resource } = request.about;
  const account = parseArn(resource)?.account ?? '';
  admit(account, asking);
  const answer = answerOf(request, asking);
  const standing = (await ledger.keepOnAnswers(account, asking.now)).find((one) => one.resource === resource);
  const isTakenBack = request.until === 'now';
  const isNews = isTakenBack ? standing !== undefined : !standing || !isSame(standing, answer);
  if (isNews) {
    const isLonger = standing && standing.by !== answer.by && standing.until > answer.until;
    if (isLonger && !isTakenBack) throw new KeptOnLongerError(standing, localTime(standing.until, answer.timezone));
    await ledger.recordKeepOn(account, answer);
  }
  const { by, at } = isNews ? answer : (standing ?? answer);
  return {
    said: isNews ? 'now' : 'before',
    say: request.say,
    resource,
    by,
    at: at.toISOString(),
    until: localTime(answer.until, answer.timezone),
    ...(isTakenBack ? { takenBack: true } : {}),
  };
}

function answerOf({ about, until, note }: KeepOnRequest, asking: Asking): KeepOnAnswer {
  const { by, now, policy } = asking;
  const { timezone } = policy;
  return { ...about, until: endOf(until, asking), timezone, by, at: now, ...(note ? { note } : {}) };
}

const isSame = (one: KeepOnAnswer, other: KeepOnAnswer): boolean =>
  one.by === other.by && one.note === other.note && one.until.getTime() === other.until.getTime();

/** @throws {BadRequestError} when it is over, or too far away */
function endOf(until: string, { policy: { timezone }, now }: Asking): Date {
  if (until === 'now') return now;
  const last = new Date(now.getTime() + MOST_DAYS * DAY_MS);
  const end = untilOf(until, timezone);
  if (end && now < end && end <= last) return end;
  const [from, to] = [now, last].map((time) => localTime(time, timezone));
  throw new BadRequestError([
    `until: a time after ${from}, up to ${to}; for longer, change its schedule or take its tag away`,
  ]);
}
