import type { Struck } from '../faults.ts';
import type { Answer, Incoming, Service } from '../services/service.ts';
import { AwsError } from './errors.ts';
import type { Reply } from './protocol.ts';
import { REFUSALS } from './refusals.ts';

/** How a request ends for the client: with a reply, a dropped connection, or never. */
export type Ending = Reply | 'drop' | 'silence';

export interface Met {
  /** One per time that the call reached the service, for the call log. */
  readonly outcomes: readonly string[];
  readonly ending: Ending;
}

/** Carries a call out with the fault that struck it, if one did. */
export async function meet(fault: Struck['fault'], service: Service, incoming: Incoming): Promise<Met> {
  const refuse = (error: AwsError): Met => ({
    outcomes: [error.code],
    ending: service.model.protocol.writeError(error, incoming.requestId),
  });
  const { throttled, broken, denied } = REFUSALS[service.name];
  switch (fault) {
    case undefined:
      return answered(await service.answer(incoming));
    case 'throttle':
      return refuse(throttled());
    case 'serverError':
      return refuse(broken());
    case 'accessDenied':
      return refuse(denied(incoming.caller.principal.arn, incoming.operation.name));
    case 'timeout':
      return { outcomes: ['Timeout'], ending: 'silence' };
    case 'replyLost':
      return { ...answered(await service.answer(incoming)), ending: 'drop' };
    case 'duplicate':
      return twice(await service.answer(incoming), await service.answer(incoming));
    case 'partialData':
      return answered(await service.answer(holdingBack(incoming, 'resumable')));
    default:
      if ('lostData' in fault) return answered(await service.answer(holdingBack(incoming, 'lost')));
      return refuse(new AwsError(fault.error.code, fault.error.message, fault.error.status));
  }
}

const answered = ({ outcome, reply }: Answer): Met => ({ outcomes: [outcome], ending: reply });

/** The network delivered the request twice and the first reply came back. */
const twice = (first: Answer, second: Answer): Met => ({
  outcomes: [first.outcome, second.outcome],
  ending: first.reply,
});

const holdingBack = (incoming: Incoming, partial: 'resumable' | 'lost'): Incoming => ({
  ...incoming,
  caller: { ...incoming.caller, partial },
});
