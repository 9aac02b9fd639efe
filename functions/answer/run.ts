import type { AnswerRequest } from '../../shared/core/answer.ts';
import type { Arn } from '../../shared/core/identity.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { type AnomalyRequest, answerAnomaly } from './answer-anomaly.ts';
import { answerPlan } from './answer-plan.ts';
import type { Asking, PlanRequest } from './decide.ts';
import { keepOn } from './keep-on.ts';
import { vetoResource } from './leave-alone.ts';
import type { Ports, Said } from './ports.ts';
import { takeBack } from './take-back.ts';

/** What became of a person's word, and the time zone in which people read of it. */
export interface Answered {
  readonly said: Said;
  readonly timezone: string;
}

/** One person's word, under the policy of this moment. */
export const run =
  (ports: Ports) =>
  async (request: AnswerRequest, by: Arn): Promise<Answered> => {
    const policy = (await ports.ledger.currentPolicy())?.policy ?? parsePolicy({});
    const said = await say(ports, request, { by, now: ports.clock(), policy });
    return { said, timezone: policy.timezone };
  };

function say(ports: Ports, request: AnswerRequest, asking: Asking): Promise<Said> {
  if (request.say === 'undo') return takeBack(ports, request, asking);
  if (request.say === 'keep-on') return keepOn(ports, request, asking);
  if (isAboutAnomaly(request)) return answerAnomaly(ports, request, asking);
  return isAboutPlan(request) ? answerPlan(ports, request, asking) : vetoResource(ports, request, asking);
}

const isAboutAnomaly = (request: AnswerRequest): request is AnomalyRequest => 'anomaly' in request.about;

const isAboutPlan = (request: AnswerRequest): request is PlanRequest => 'plan' in request.about;
