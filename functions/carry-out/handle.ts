import type { CheckEvent } from '../../shared/core/check-event.ts';
import { parseArn } from '../../shared/core/identity.ts';
import { type CheckReport, check, type Needs } from '../../shared/runtime/check.ts';
import type { Durable } from './durable.ts';
import type { CarryOutEvent } from './event.ts';
import type { Hands } from './hands.ts';
import { carryOut, type Report } from './run.ts';

/**
 * Carries a plan out, or tries what that would need. A check claims no plan, takes no step and only reads, so that it is
 * over in one invocation and may be repeated.
 */
export const handle = (hands: Hands, needs: Needs) => {
  const carryOutPlan = carryOut(hands);
  return async (event: CarryOutEvent | CheckEvent, durable: Durable): Promise<Report | CheckReport> => {
    if (!('check' in event)) return carryOutPlan(event, durable);
    const { account = '', region = '' } = parseArn(durable.executionContext.durableExecutionArn) ?? {};
    return check(needs, { own: { account, region }, now: hands.clock(), scopes: event.scopes });
  };
};
