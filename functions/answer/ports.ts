import type { AnswerRequest } from '../../shared/core/answer.ts';
import type { Arn } from '../../shared/core/identity.ts';
import type { Ledger, Starter } from '../../shared/ports.ts';
import type { AnswerLedger } from '../../shared/ports-acting.ts';
import type { KeepOnAnswers } from '../../shared/ports-off-hours.ts';
import type { AnomalyAnswers } from '../../shared/ports-spend.ts';

/** Wakes the execution that waits for an answer. `over`: it does not wait for this any more, which is fine. */
export interface Waker {
  wake(callbackId: string): Promise<'woken' | 'over'>;
}

export interface Ports {
  readonly ledger: AnswerLedger &
    KeepOnAnswers &
    Pick<AnomalyAnswers, 'anomaly' | 'answersAbout' | 'recordSpendAnswer'> &
    Pick<Ledger, 'currentPolicy' | 'vetoes' | 'record'>;
  readonly waker: Waker;
  readonly starter: Starter;
  readonly clock: () => Date;
  /** Hears of what is not worth failing for: the answer is in the ledger. */
  readonly onWakeFailed: (planId: string, error: unknown) => void;
}

/** What became of a request. */
export interface Said {
  /** `before`: the same person had said the same already. Nothing was recorded twice. */
  readonly said: 'now' | 'before';
  readonly say: AnswerRequest['say'];
  readonly by: Arn;
  readonly at: string;
  readonly plan?: string;
  readonly actions?: readonly number[];
  readonly change?: string;
  readonly anomaly?: string;
  /** The anomaly comes back on this day of each month, as far as people know. */
  readonly recurring?: true;
  /** The resource of the change, or the one that is kept on. */
  readonly resource?: Arn;
  /** Nothing keeps the resource on any more, but its schedule. */
  readonly takenBack?: true;
  /** The resources that are left alone from now on, until the end of the day `until`; what is kept on has a time there. */
  readonly leftAlone?: readonly Arn[];
  readonly until?: string;
  /** Resources that somebody else keeps alone for longer anyway. */
  readonly keptLonger?: readonly { readonly resource: Arn; readonly by: Arn; readonly until: string }[];
  /** Whether an execution that waited was woken; `failed`: it looks by itself when its time is over. */
  readonly execution?: 'woken' | 'not waiting' | 'failed' | 'started';
}
