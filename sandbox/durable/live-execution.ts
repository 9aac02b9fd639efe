import type { ErrorObject } from '@aws/durable-execution-sdk-js';
import type { Clock, Span } from '../clock.ts';
import { type Execution, type ExecutionStatus, isOver, type JournalEntry, type StoredOperation } from './execution.ts';
import type { LiveInvocation } from './invocation.ts';
import type { CheckpointAnswer } from './wire.ts';

export interface Beginning {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly payload: string;
}

/** The last checkpoint of an invocation, kept because the network may deliver it twice. */
export interface AnsweredCheckpoint {
  readonly clientToken: string;
  readonly answer: CheckpointAnswer;
}

/** An execution while it runs: what `Execution` shows, and what moves it on. */
export class LiveExecution implements Execution {
  readonly arn: string;
  readonly name: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly payload: string;
  readonly startedAt: Date;
  readonly operations = new Map<string, StoredOperation>();
  readonly journal: JournalEntry[] = [];
  status: ExecutionStatus = 'RUNNING';
  endedAt: Date | undefined;
  result: string | undefined;
  error: ErrorObject | undefined;
  invocations = 0;
  crashes = 0;
  /** The execution itself is the first operation. */
  metered = 1;
  storedBytes = 0;
  /** Whether there is something that the function should be invoked for. */
  due = true;
  running: LiveInvocation | undefined;
  /** Whoever shows this may checkpoint; empty while nothing runs. */
  token = '';
  lastCheckpoint: AnsweredCheckpoint | undefined;

  readonly #clock: Clock;
  readonly #timers = new Set<() => void>();
  readonly #changed = new Set<string>();
  readonly #endings: (() => void)[] = [];

  constructor(clock: Clock, { id, arn, name, functionName, functionArn, payload }: Beginning) {
    this.#clock = clock;
    this.arn = arn;
    this.name = name;
    this.functionName = functionName;
    this.functionArn = functionArn;
    this.payload = payload;
    this.startedAt = clock.now();
    const details = { StartTimestamp: this.startedAt, ExecutionDetails: { InputPayload: payload } };
    this.operations.set(id, { Id: id, Type: 'EXECUTION', Status: 'STARTED', ...details });
    this.note('execution started');
  }

  /** Does `what` later, unless the execution has ended by then. Returns a function that calls it off. */
  after(span: Span, what: () => void): () => void {
    const cancel = this.#clock.after(span, () => {
      this.#timers.delete(cancel);
      what();
    });
    this.#timers.add(cancel);
    return cancel;
  }

  /** The service changed an operation: the function has to hear of it. */
  wakeFor(operation: StoredOperation): void {
    this.#changed.add(operation.Id);
    this.due = true;
  }

  /** The function changed an operation: it hears of it in the answer. */
  changed(operation: StoredOperation): void {
    this.#changed.add(operation.Id);
  }

  /** The operations that changed since this was last asked. */
  takeChanged(): StoredOperation[] {
    const changed = [...this.#changed].map((id) => this.operations.get(id)!);
    this.#changed.clear();
    return changed;
  }

  /** Ends an operation that waited for something outside, unless it has ended already. */
  close(operation: StoredOperation, status: StoredOperation['Status'], details: Partial<StoredOperation> = {}): void {
    if (isOver(operation) || this.status !== 'RUNNING') return;
    Object.assign(operation, details, { Status: status, EndTimestamp: this.#clock.now() });
    this.note(`${operation.Type} ${operation.Name ?? ''}: ${status}`);
    this.wakeFor(operation);
  }

  end(status: ExecutionStatus, outcome: { result?: string | undefined; error?: ErrorObject | undefined } = {}): void {
    if (this.status !== 'RUNNING') return;
    this.status = status;
    this.result = outcome.result;
    this.error = outcome.error;
    this.endedAt = this.#clock.now();
    this.token = '';
    this.due = false;
    for (const cancel of this.#timers) cancel();
    this.note(`execution ${status}`);
    for (const tell of this.#endings) tell();
  }

  onEnd(tell: () => void): void {
    this.#endings.push(tell);
  }

  note(what: string): void {
    this.journal.push({ at: this.#clock.now(), what });
  }
}
