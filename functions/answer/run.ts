import type { AnswerRequest } from '../../shared/core/answer.ts';
import type { Arn } from '../../shared/core/identity.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { type AnomalyRequest, answerAnomaly } from './answer-anomaly.ts';
import { answerPlan } from './answer-plan.ts';
import type { Asking, PlanRequest } from './decide.ts';
import { vetoResource } from './leave-alone.ts';
import type { Ports, Said } from './ports.ts';
import { takeBack } from './take-back.ts';

/** One person's word, under the policy of this moment. */
export const run =
  (ports: Ports) =>
  async (request: AnswerRequest, by: Arn): Promise<Said> => {
    const policy = (await ports.ledger.currentPolicy())?.policy ?? parsePolicy({});
    const asking: Asking = { by, now: ports.clock(), policy };
    if (request.say === 'undo') return takeBack(ports, request, asking);
    if (isAboutAnomaly(request)) return answerAnomaly(ports, request, asking);
    return isAboutPlan(request) ? answerPlan(ports, request, asking) : vetoResource(ports, request, asking);
  };

const isAboutAnomaly = (request: AnswerRequest): request is AnomalyRequest => 'anomaly' in request.about;

const isAboutPlan = (request: AnswerRequest): request is PlanRequest => 'plan' in request.about;
