import { hasOutage } from '../../shared/core/action.ts';
import { unknown } from '../../shared/core/evidence.ts';
import { closedBecause, gatedDirectionOf } from '../../shared/core/gates.ts';
import { describeResource, type Proposal } from '../../shared/core/plan.ts';
import type { Mode, Policy } from '../../shared/core/policy.ts';
import type { Alarm } from '../../shared/core/remediation/alarm.ts';
import type { Remedy, RunbookId } from '../../shared/core/remediation/runbook.ts';
import { modeOfRunbook, runbookSettings } from '../../shared/core/remediation/terms.ts';
import { exemptFromAll, type JudgeContext } from '../../shared/core/rules/exempt.ts';
import { chart } from '../../shared/core/sparkline.ts';
import { localDate } from '../../shared/core/time.ts';
import type { FoundResource } from '../../shared/ports-remediation.ts';

type Act = NonNullable<Remedy['act']>;

/** What a runbook wants to do to a resource because of an alarm. */
export interface Wish {
  readonly runbook: RunbookId;
  readonly alarm: Alarm;
  /** All that are on of the resource. */
  readonly alarms: readonly Alarm[];
  readonly remedy: Remedy;
  readonly act: Act;
  readonly found: FoundResource;
}

/** The proposal; or the remedy without its action, where carry-out's gate would be closed to it: nobody is to wait for that. */
export function propose(wish: Wish, terms: JudgeContext): { readonly proposal: Proposal } | { readonly left: Remedy } {
  const { runbook, alarm, alarms, remedy, act, found } = wish;
  const closed = closedTo(wish, terms);
  if (closed) {
    const { act: _, ...left } = remedy;
    return { left: { ...left, because: `${remedy.because}; but ${closed}` } };
  }
  const { policy } = terms;
  const { name, arn, scope, since, reason } = alarm;
  const others = alarms.map((one) => one.name).filter((one) => one !== name);
  const drawn = remedy.charts.slice(0, CHARTS).map(chart);
  const proposal: Proposal = {
    rule: runbook,
    mode: modeFor(runbook, act, policy),
    action: act.action,
    resource: describeResource(found.facts, policy),
    because: remedy.because,
    saving: unknown('it is not about money'),
    undo: act.undo,
    ...(drawn.length > 0 ? { charts: Object.fromEntries(drawn) } : {}),
    alarm: { name, arn, scope, since: since.toISOString(), ...(others.length > 0 ? { others } : {}) },
    grounds: { reason, evidence: remedy.evidence, next: remedy.next },
  };
  return { proposal };
}

/** So many rows of bars are kept with a proposal. */
const CHARTS = 4;

/** As far as its runbook goes; what is dear, or may not be wanted so, waits for a person all the same. */
function modeFor(runbook: RunbookId, { onlyApproved }: Act, policy: Policy): Mode {
  const mode = modeOfRunbook(policy, runbook);
  return onlyApproved && mode === 'auto' ? 'approve' : mode;
}

/** What the tags, people and the policy say by now. The gate has the last word: it asks again, and the switches, too. */
function closedTo({ runbook, act: { action }, found }: Wish, terms: JudgeContext): string | undefined {
  const { policy, now } = terms;
  const mayBeDown = hasOutage(action) && runbookSettings(policy).rebootInFreeze;
  const exempt = exemptFromAll(found.facts, terms);
  return closedBecause({
    direction: gatedDirectionOf({ rule: runbook, action }),
    finishing: false,
    switches: { pause: false, halt: false },
    freeze: mayBeDown ? [] : policy.freeze,
    today: localDate(now, policy.timezone),
    ...(exempt ? { protectedBecause: `it is ${exempt}` } : {}),
  });
}
