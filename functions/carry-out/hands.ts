import type { Action } from '../../shared/core/action.ts';
import type { Arn, Scope } from '../../shared/core/identity.ts';
import type { Message } from '../../shared/core/message.ts';
import type { Estate } from '../../shared/ports.ts';
import type {
  ActingLedger,
  AlarmReader,
  ChangeVerbs,
  ChoiceReader,
  LoadReader,
  RemedyReader,
  Start,
  SwitchReader,
} from '../../shared/ports-acting.ts';
import type { Overrides, ScheduledReader } from '../../shared/ports-off-hours.ts';

/** Everything that carry-out can do, in one place. */
export interface Hands {
  readonly ledger: ActingLedger;
  /** Reads, with the look role. */
  readonly estate: Estate;
  /** The same of what is under schedules, and until when people have answered to keep it on. */
  readonly scheduled: Pick<ScheduledReader, 'find'>;
  readonly overrides: Overrides['overrides'];
  /** Changes, with the act role. */
  readonly verbsFor: (scope: Scope, action: Action) => Promise<ChangeVerbs>;
  readonly alarms: AlarmReader;
  /** What the remedy of an alarm hangs on. */
  readonly remedies: RemedyReader;
  /** What a machine that is to be resized is and would be. */
  readonly choice: ChoiceReader;
  /** How hard a machine works that was resized. */
  readonly load: LoadReader;
  /** The first start of a stopped database since then, as far as AWS tells of it. */
  readonly firstStart: (scope: Scope, database: Arn, since: Date) => Promise<Start | undefined>;
  readonly switches: SwitchReader;
  readonly send: (message: Message) => Promise<void>;
  /** Ends a callback of this function's own, when an answer was there before it. */
  readonly wake: (callbackId: string) => Promise<unknown>;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** The present; read inside steps only. */
  readonly clock: () => Date;
}
