import { type Action, describeAction } from '../action.ts';
import { canonicalJson } from '../canonical.ts';
import type { Remedy } from './runbook.ts';
import { leastStep } from './storage-forecast.ts';

/** What was decided, and whether a person has said yes to it. */
export interface Decided {
  readonly action: Action;
  readonly approved: 'by a person' | 'by the policy';
}

/** Why what was decided is not to be done any more, now that its runbook was asked again; undefined while it wants the same. */
export function whyNoLonger({ action, approved }: Decided, { act, because }: Remedy): string | undefined {
  if (!act) return because;
  if (!stillDoes(action, act.action)) return `its runbook would ${describeAction(act.action)} by now`;
  return act.onlyApproved && approved === 'by the policy'
    ? `by now a person is to be asked first: ${because}`
    : undefined;
}

/** What it expects of the state of its resource, the mutation sees itself. */
function stillDoes(decided: Action, judged: Action): boolean {
  if (decided.kind === 'change-database-storage' && judged.kind === 'change-database-storage')
    return stillGrows(decided, judged);
  return canonicalJson(withoutExpected(judged)) === canonicalJson(withoutExpected(decided));
}

type Growth = Extract<Action, { readonly kind: 'change-database-storage' }>;

/** From the same size, and by now no smaller than a step of RDS less: a forecast is another one every hour. */
const stillGrows = (decided: Growth, judged: Growth): boolean =>
  judged.database.id === decided.database.id &&
  judged.from.type === decided.from.type &&
  judged.from.sizeGiB === decided.from.sizeGiB &&
  judged.to.sizeGiB + leastStep(judged.from.sizeGiB) >= decided.to.sizeGiB;

function withoutExpected(action: Action): unknown {
  const { expect: _, ...rest } = { expect: undefined, ...action };
  return rest;
}
