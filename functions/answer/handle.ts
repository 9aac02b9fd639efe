import type { Tick } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import { Refusal } from './errors.ts';
import { type AnswerEvent, readRequest } from './event.ts';
import type { Ports } from './ports.ts';
import { accepted, type HttpResponse, refused } from './respond.ts';
import { run } from './run.ts';

/** A request to an answer in HTTP. What is refused is an answer, too; only what broke is thrown. */
export const handle =
  (ports: Omit<Ports, 'onWakeFailed'>) =>
  async (event: AnswerEvent, { requestId }: Pick<Tick, 'requestId'>): Promise<HttpResponse> => {
    const { by } = event;
    const onWakeFailed = (plan: string, error: unknown) => log.error('not woken', { plan, error: error as Error });
    try {
      const said = await run({ ...ports, onWakeFailed })(readRequest(event), by);
      const { keptLonger: _others, ...fields } = said;
      log.info('answered', fields);
      return accepted(said, requestId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      log.info('refused', { by, code: error.code });
      return refused(error, requestId);
    }
  };
