import type { Action, Undo } from './action.ts';
import type { Evidence } from './evidence.ts';
import type { EvidenceKind } from './facts.ts';
import type { Saving } from './money.ts';

export interface ActVerdict {
  readonly verdict: 'act';
  readonly action: Action;
  readonly because: string;
  readonly saving: Evidence<Saving>;
  readonly undo: Undo;
}

export interface LeaveVerdict {
  readonly verdict: 'leave';
  readonly because: string;
  /** True when it is left because something about it is not known. */
  readonly unknown?: true;
  /** True when it is left because somebody uses it. */
  readonly used?: true;
}

/**
 * Something for people: Lamplighter says it and never does it, whatever the mode. A `suggestion` is a change that it will
 * not make by itself, a `finding` something that it has no action for.
 */
export interface FindVerdict {
  readonly verdict: 'find';
  readonly kind: 'suggestion' | 'finding';
  readonly because: string;
  /** Of a suggestion: why it is left to people. Of a finding: what may come of it. */
  readonly note: string;
  /** What to do, exactly: a command, or a line to change. */
  readonly step: string;
  /** Absent where it is not about money. */
  readonly saving?: Evidence<Saving>;
}

/**
 * The rule cannot tell yet: nobody has read this kind of evidence. `ifFine` is the verdict that it would give if what is
 * lacking turned out harmless; only then is the reading worth a call that serves one resource alone.
 */
export interface LacksEvidence {
  readonly verdict: 'lacks';
  readonly evidence: EvidenceKind;
  readonly ifFine?: ActVerdict;
}

export type Verdict = ActVerdict | FindVerdict | LeaveVerdict;
export type Judgement = Verdict | LacksEvidence;

export const leave = (because: string): LeaveVerdict => ({ verdict: 'leave', because });

/** Left because something could not be known: never a justification to act, always worth saying. */
export const leaveUnknown = (because: string): LeaveVerdict => ({ verdict: 'leave', because, unknown: true });

/** Left because somebody uses it. */
export const inUse = (because: string): LeaveVerdict => ({ verdict: 'leave', because, used: true });

export const lacks = (evidence: EvidenceKind, ifFine?: ActVerdict): LacksEvidence =>
  ifFine ? { verdict: 'lacks', evidence, ifFine } : { verdict: 'lacks', evidence };
