import type {
  CheckpointDurableExecutionRequest,
  DurableExecutionClient,
  GetDurableExecutionStateRequest,
} from '@aws/durable-execution-sdk-js';
import { checkUpdates } from './check-updates.ts';
import type { Executions } from './executions.ts';
import { createKillPoints } from './kill-points.ts';
import type { LiveExecution } from './live-execution.ts';
import { applyUpdate } from './operations/apply-update.ts';
import type { EffectTools } from './operations/effect.ts';
import { staleToken } from './refusals.ts';
import { type StatePage, statePage } from './state.ts';
import type { CheckpointAnswer } from './wire.ts';

/** What a killed invocation gets to hear. */
const silence = (): Promise<never> => new Promise(() => {});

/** The half of Lambda that a running durable function talks to. */
export class Checkpoints implements DurableExecutionClient {
  /** Counts the checkpoints that store something; the SDK also sends empty ones, to ask for news. */
  readonly killPoints = createKillPoints();
  readonly #executions: Executions;
  readonly #tools: EffectTools;

  constructor(executions: Executions, tools: EffectTools) {
    this.#executions = executions;
    this.#tools = tools;
  }

  async checkpoint(request: CheckpointDurableExecutionRequest): Promise<CheckpointAnswer> {
    const { DurableExecutionArn = '', CheckpointToken = '', ClientToken, Updates = [] } = request;
    const execution = this.#executions.get(DurableExecutionArn);
    const last = execution.lastCheckpoint;
    if (ClientToken && last?.clientToken === ClientToken) return last.answer;
    admit(execution, CheckpointToken);

    const death = Updates.length > 0 ? this.killPoints.next() : undefined;
    if (death === 'before') return kill(execution, 'killed: its checkpoint was lost');
    checkUpdates(execution, Updates);
    for (const update of Updates) applyUpdate(execution, update, this.#tools);
    if (death === 'after') return kill(execution, 'killed: its checkpoint was stored');
    return answer(execution, ClientToken);
  }

  async getExecutionState(request: GetDurableExecutionStateRequest): Promise<StatePage> {
    const execution = this.#executions.get(request.DurableExecutionArn ?? '');
    admit(execution, request.CheckpointToken ?? '');
    return statePage(execution.operations, request.Marker, request.MaxItems);
  }
}

function admit(execution: LiveExecution, token: string): void {
  if (execution.status !== 'RUNNING' || token === '' || token !== execution.token) throw staleToken();
}

function kill(execution: LiveExecution, reason: string): Promise<never> {
  execution.running?.kill(reason);
  return silence();
}

function answer(execution: LiveExecution, clientToken: string | undefined): CheckpointAnswer {
  // A token is good for one checkpoint, and the last one of an execution is good for none.
  if (execution.status === 'RUNNING') execution.token = nextToken(execution.token);
  const answered: CheckpointAnswer = {
    CheckpointToken: execution.token,
    NewExecutionState: { Operations: structuredClone(execution.takeChanged()) },
  };
  if (clientToken) execution.lastCheckpoint = { clientToken, answer: answered };
  return answered;
}

/** `INVOCATION#0` becomes `INVOCATION#1`. Opaque to the function. */
function nextToken(token: string): string {
  const [invocation, nth] = token.split('#');
  return `${invocation}#${Number(nth) + 1}`;
}
