import { isRestart, targetOf } from '../../shared/core/action.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import { whyNoLonger } from '../../shared/core/remediation/again.ts';
import type { Alarm } from '../../shared/core/remediation/alarm.ts';
import { RUNBOOKS } from '../../shared/core/remediation/runbooks.ts';
import { isRunbook, runbookSettings } from '../../shared/core/remediation/terms.ts';
import { exemptFromAll } from '../../shared/core/rules/exempt.ts';
import type { Hands } from './hands.ts';
import { asksNobody, type Item, proposalOf, scopeOf } from './item.ts';
import { type Found, waitForBackup } from './recheck.ts';

/**
 * Why what an alarm wanted is not to be done any more, if so: the alarm is over, its runbook, which judges the resource anew,
 * no longer wants it, or AWS is at it for another alarm.
 * @throws {NotYetError} while it is backed up
 */
export async function whyNotRemedied(
  hands: Pick<Hands, 'alarms' | 'remedies'>,
  item: Item,
  { facts, context }: Pick<Found, 'facts' | 'context'>,
): Promise<string | undefined> {
  const { remedies } = hands;
  const proposal = proposalOf(item);
  const { rule, action, alarm: since } = proposal;
  const exempt = exemptFromAll(facts, context);
  if (exempt) return exempt;
  if (!since || !isRunbook(rule)) return 'no alarm wants it';
  const [alarm] = await remedies.alarms(since.scope, [since.name]);
  if (alarm?.state !== 'ALARM') return whyQuiet(alarm);
  waitForBackup(facts, proposal);
  const now = await remedies.facts(alarm, proposal, context.now);
  if (!now) return 'its alarm is about something else by now';
  const approved = asksNobody(item) ? 'by the policy' : 'by a person';
  const remedy = RUNBOOKS[rule](now, runbookSettings(context.policy));
  return whyNoLonger({ action, approved }, remedy) ?? whyLeftToAws(hands, proposal);
}

/** Two would be at it at once, whichever alarm of the instance AWS acts on: its runbook has seen only its own. */
async function whyLeftToAws(
  { alarms, remedies }: Pick<Hands, 'alarms' | 'remedies'>,
  proposal: Proposal,
): Promise<string | undefined> {
  const { action } = proposal;
  if (!isRestart(action)) return undefined;
  const scope = scopeOf(proposal);
  const own = await remedies.alarms(scope, await alarms.alarmsOf(scope, targetOf(action)));
  const acting = own.find(({ state, acts }) => state === 'ALARM' && acts);
  return (
    acting && `AWS acts on it by itself: its alarm ${acting.name} is on, whose own action is ${acting.acts?.join(', ')}`
  );
}

/** Why an alarm that is not on wants nothing. */
function whyQuiet(alarm: Alarm | undefined): string {
  if (!alarm) return 'the alarm does not exist any more';
  if (alarm.by === 'a person') return `a person has set the alarm to ${alarm.state}`;
  if (alarm.state === 'INSUFFICIENT_DATA') return 'the alarm has no data any more';
  return alarm.by === 'data' ? 'the alarm is OK again by itself' : 'the alarm is OK, but only because it has no data';
}
