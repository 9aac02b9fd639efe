import type { PlanAnswer } from '../../shared/core/answer.ts';
import { nameOfPerson } from '../../shared/core/approvers.ts';
import type { KeepOnAnswer } from '../../shared/core/calendar/keep-on.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { Anomaly } from '../../shared/core/spend/anomaly.ts';

/**
 * A request that is refused for good reason. `code` is for programs and never changes, `status` is HTTP's, the message
 * says what to do. Asking the same again does not help.
 */
export abstract class Refusal extends Error {
  abstract readonly code: string;
  abstract readonly status: number;
  /** What the message names, for programs. */
  readonly facts: Readonly<Record<string, unknown>>;
  constructor(message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.facts = facts;
  }
}

export class BadRequestError extends Refusal {
  override readonly name = 'BadRequestError';
  readonly code = 'bad-request';
  readonly status = 400;
  constructor(problems: readonly string[]) {
    super(`the request is not valid: ${problems.join('; ')}`, { problems });
  }
}

export class RequestTooLargeError extends Refusal {
  override readonly name = 'RequestTooLargeError';
  readonly code = 'too-large';
  readonly status = 413;
  constructor(bytes: number) {
    super(`the request is larger than ${bytes} bytes; shorten the note, or name fewer actions`, { bytes });
  }
}

export class NotAllowedError extends Refusal {
  override readonly name = 'NotAllowedError';
  readonly code = 'not-allowed';
  readonly status = 403;
  constructor(by: string, account: string, principals: readonly string[]) {
    const who =
      principals.length > 0
        ? `ask one of ${principals.join(', ')}`
        : 'nobody may: name principals under `approvers` in the policy (npm run policy -- FILE)';
    super(`${nameOfPerson(by)} may not answer for the account ${account}; ${who}`, { account, principals });
  }
}

export class UnknownPlanError extends Refusal {
  override readonly name = 'UnknownPlanError';
  readonly code = 'unknown-plan';
  readonly status = 404;
  constructor(plan: string) {
    super(`there is no plan ${plan}; npm run answer -- list shows those that wait`, { plan });
  }
}

/**
 * How the ledger says that a plan was never recorded, or is gone. One that is damaged is another matter, and nothing to
 * blame the request for.
 */
export const meansNoPlan = (error: unknown): boolean =>
  error instanceof Error && error.name === 'LedgerCorruptError' && error.message.includes('the header is missing');

export class UnknownChangeError extends Refusal {
  override readonly name = 'UnknownChangeError';
  readonly code = 'unknown-change';
  readonly status = 404;
  constructor(change: string) {
    super(
      `there is no change ${change}, or it is not finished yet; npm run answer -- show PLAN lists the changes of a plan`,
      { change },
    );
  }
}

export class UnknownAnomalyError extends Refusal {
  override readonly name = 'UnknownAnomalyError';
  readonly code = 'unknown-anomaly';
  readonly status = 404;
  constructor(anomaly: string) {
    super(`there is no anomaly ${anomaly}; npm run answer -- list shows those that are open`, { anomaly });
  }
}

/** It has ended: there is nothing to look into or to snooze. That it was right can still be said. */
export class AnomalyEndedError extends Refusal {
  override readonly name = 'AnomalyEndedError';
  readonly code = 'anomaly-ended';
  readonly status = 409;
  constructor({ id, state }: Anomaly) {
    super(`the anomaly ${id} has ended (${state}); to teach the model that it was right: say expected`, {
      anomaly: id,
      state,
    });
  }
}

export class PlanChangedError extends Refusal {
  override readonly name = 'PlanChangedError';
  readonly code = 'plan-changed';
  readonly status = 409;
  constructor({ id }: Plan) {
    super(`the plan ${id} is not the one that this hash names; read it again (npm run answer -- show ${id})`, {
      plan: id,
    });
  }
}

export class SupersededError extends Refusal {
  override readonly name = 'SupersededError';
  readonly code = 'superseded';
  readonly status = 409;
  constructor({ id }: Plan, newer: string) {
    super(`the newer plan ${newer} has taken the place of ${id}; answer that one`, { plan: id, newer });
  }
}

export class ExpiredError extends Refusal {
  override readonly name = 'ExpiredError';
  readonly code = 'expired';
  readonly status = 410;
  constructor({ id }: Plan, { since, shown }: { since: Date; shown: string }) {
    super(
      `the time to answer the plan ${id} was over at ${shown}; what needs an approval does not happen without one in time, ` +
        'and what is still found is proposed again',
      { plan: id, since: since.toISOString() },
    );
  }
}

/** Its grace is over: it is carried out by itself, and only a veto would change that. */
export class GraceOverError extends Refusal {
  override readonly name = 'GraceOverError';
  readonly code = 'grace-over';
  readonly status = 409;
  constructor({ id }: Plan, { since, shown }: { since: Date; shown: string }) {
    super(
      `the grace of the plan ${id} was over at ${shown}: it goes on by itself and needs no approval; ` +
        'a veto still counts for what has not begun',
      { plan: id, since: since.toISOString() },
    );
  }
}

/** It takes nothing from anybody, so the policy alone lets it through, and only a veto would change that. */
export class NeedsNoApprovalError extends Refusal {
  override readonly name = 'NeedsNoApprovalError';
  readonly code = 'needs-no-approval';
  readonly status = 409;
  constructor({ id }: Plan) {
    super(
      `the plan ${id} needs no approval: the policy lets it be carried out at once; a veto still counts for what has not begun`,
      { plan: id },
    );
  }
}

/** Somebody has said it, or something that leaves nothing to say, before. */
export class AnsweredBeforeError extends Refusal {
  override readonly name = 'AnsweredBeforeError';
  readonly code = 'already-answered';
  readonly status = 409;
  constructor({ planId, say, by, at, actions }: PlanAnswer, shown: string) {
    const what = actions ? `action ${actions.join(', ')} of the plan ${planId}` : `the plan ${planId}`;
    const said = say === 'approve' ? 'approved' : 'vetoed';
    const next =
      say === 'approve'
        ? 'a plan is approved once; a veto still counts for what has not begun'
        : 'a veto is final for its plan; what is still found is proposed again';
    super(`${nameOfPerson(by)} already ${said} ${what} at ${shown}; ${next}`, {
      plan: planId,
      say,
      by,
      at,
      ...(actions ? { actions } : {}),
    });
  }
}

/** Somebody else wants the resource left alone for longer, and theirs stands. */
export class VetoStandsError extends Refusal {
  override readonly name = 'VetoStandsError';
  readonly code = 'already-answered';
  readonly status = 409;
  constructor({ resource, by, until }: { resource: string; by: string; until: string }) {
    const who = nameOfPerson(by);
    super(`${who} already vetoed ${resource} until ${until}, which is longer, so theirs stands`, {
      resource,
      by,
      until,
    });
  }
}

/** Somebody else wants the resource kept on for longer, and theirs stands. */
export class KeptOnLongerError extends Refusal {
  override readonly name = 'KeptOnLongerError';
  readonly code = 'already-answered';
  readonly status = 409;
  constructor({ resource, by, until }: Pick<KeepOnAnswer, 'resource' | 'by' | 'until'>, shown: string) {
    super(
      `${nameOfPerson(by)} already keeps ${resource} on until ${shown}, which is longer, so theirs stands; ` +
        'to take it back: --until now',
      { resource, by, until: until.toISOString() },
    );
  }
}

export class NothingToAnswerError extends Refusal {
  override readonly name = 'NothingToAnswerError';
  readonly code: 'nothing-to-approve' | 'nothing-to-veto';
  readonly status = 409;
  constructor({ id }: Plan, { say, actions }: { say: 'approve' | 'veto'; actions: readonly number[] }) {
    const what = actions.length > 0 ? `action ${actions.join(', ')} of the plan ${id} is` : `the plan ${id} is`;
    const next =
      say === 'approve'
        ? 'set the mode of its rule to approve in the policy (npm run policy -- FILE), then answer the next plan'
        : 'nothing happens anyway; to stop it from being proposed, say until when (--until DATE)';
    super(`${what} only reported, so there is nothing to ${say}; ${next}`, { plan: id, actions });
    this.code = `nothing-to-${say}`;
  }
}

export class TooLateError extends Refusal {
  override readonly name = 'TooLateError';
  readonly code = 'too-late';
  readonly status = 409;
  constructor({ id }: Plan, changes: readonly Change[]) {
    const ended = changes.map((one) => `${one.id} (${one.outcome})`).join(', ');
    super(`too late to answer the plan ${id}: ${ended}; to take a change back: npm run answer -- undo CHANGE`, {
      plan: id,
      changes: changes.map(({ id: change, outcome }) => ({ change, outcome })),
    });
  }
}

export class CannotUndoError extends Refusal {
  override readonly name = 'CannotUndoError';
  readonly code = 'cannot-undo';
  readonly status = 409;
  constructor({ id, proposal }: Change, because: string) {
    super(`the change ${id} cannot be undone: ${because}; look at ${proposal.resource.name} and change it by hand`, {
      change: id,
      resource: proposal.resource.arn,
      because,
    });
  }
}
