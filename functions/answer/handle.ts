import type { CheckEvent } from '../../shared/core/check-event.ts';
import { type CheckReport, check, type Needs } from '../../shared/runtime/check.ts';
import type { Tick } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import { Refusal } from './errors.ts';
import { type AnswerEvent, readRequest } from './event.ts';
import type { Ports } from './ports.ts';
import { accepted, type HttpResponse, refused } from './respond.ts';
import { run } from './run.ts';

/** What is made of one deployment; `needs` is what a check tries. */
export interface Deployed extends Omit<Ports, 'onWakeFailed'> {
  readonly needs: Needs;
}

/** A request to an answer in HTTP. What is refused is an answer, too; only what broke is thrown. */
export const handle =
  ({ needs, ...ports }: Deployed) =>
  async (event: AnswerEvent | CheckEvent, { time, own, requestId }: Tick): Promise<HttpResponse | CheckReport> => {
    if ('check' in event) return check(needs, { own, now: time, scopes: event.scopes });
    const { by } = event;
    const onWakeFailed = (plan: string, error: unknown) => log.error('not woken', { plan, error: error as Error });
    try {
      const answered = await run({ ...ports, onWakeFailed })(readRequest(event), by);
      const { keptLonger: _others, ...fields } = answered.said;
      log.info('answered', fields);
      return accepted(answered, requestId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      log.info('refused', { by, code: error.code });
      return refused(error, requestId);
    }
  };
