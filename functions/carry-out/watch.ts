import { targetOf } from '../../shared/core/action.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import type { Policy } from '../../shared/core/policy.ts';
import { parseDays, parseHours } from '../../shared/core/quantity.ts';
import { type Durable, type Polling, polling } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf } from './item.ts';
import { scopeOf } from './recheck.ts';

/** What the policy says about a change after it was decided on, as it was then: small enough to be remembered. */
export interface Terms {
  readonly timezone: string;
  readonly parallel: number;
  readonly watchHours: number;
  readonly stopForDays: number;
  readonly dependents: Policy['dependents'];
}

export const termsOf = ({ timezone, defaults, dependents }: Policy): Terms => ({
  timezone,
  parallel: defaults.parallel,
  watchHours: parseHours(defaults.watch),
  stopForDays: parseDays(defaults.stopFor),
  dependents,
});

interface Watching {
  readonly item: Item;
  readonly since: string;
  readonly terms: Terms;
}

export type Health = { readonly healthy: boolean; readonly because: string };

interface Watched {
  readonly state: 'quiet' | 'over' | 'alarm';
  /** The alarm that went off; else why a look failed, kept from the first that did: one good look does not mend it. */
  readonly seen: string;
}

/**
 * Watches the alarms of the resource and of the dependents that the policy names, for as long as the policy says. An alarm
 * that went off before the change is not of its making.
 */
export async function watch(hands: Hands, durable: Durable, { item, since, terms }: Watching): Promise<Health> {
  const proposal = proposalOf(item);
  const named = alarmsOf(proposal.resource.name, terms);
  const until = Date.parse(since) + terms.watchHours * 3_600_000;
  const ended = await durable.waitForCondition<Watched>(
    'watch',
    (before) => lookAtAlarms(hands, proposal, { since, until, named, before }),
    {
      initialState: { state: 'quiet', seen: '' },
      waitStrategy: polling(({ state }) => state === 'quiet', looksOver(terms.watchHours)),
    },
  );
  if (ended.state === 'alarm') return { healthy: false, because: `the alarm ${ended.seen} went off after the change` };
  if (ended.seen)
    return {
      healthy: true,
      because: `its alarms could not be read at every look (${ended.seen}), and nothing is known of its health then`,
    };
  const dependents = named.length > 0 ? ` and of ${named.join(', ')}` : '';
  return { healthy: true, because: `no alarm of the resource${dependents} in ${terms.watchHours} hours` };
}

/** A look that fails says so and never throws: the polling must go on. */
async function lookAtAlarms(
  hands: Hands,
  proposal: Proposal,
  { since, until, named, before }: { since: string; until: number; named: readonly string[]; before: Watched },
): Promise<Watched> {
  const over = hands.clock().getTime() >= until;
  try {
    const alarms = await hands.alarms.inAlarm(scopeOf(proposal), targetOf(proposal.action), named);
    const [first] = alarms.filter((alarm) => alarm.since.toISOString() >= since);
    if (first) return { state: 'alarm', seen: first.name };
    return { state: over ? 'over' : 'quiet', seen: before.seen };
  } catch (error) {
    const why = error instanceof Error ? error.name : 'an unknown error';
    return { state: over ? 'over' : 'quiet', seen: before.seen || why };
  }
}

/** Every five minutes, but no more than two dozen times: an execution has room for 3,000 operations. */
function looksOver(hours: number): Polling {
  const seconds = Math.max(300, (hours * 3600) / 24);
  return { firstSeconds: seconds, mostSeconds: seconds, times: 30 };
}

const alarmsOf = (resource: string, { dependents }: Terms): string[] => [
  ...new Set(dependents.filter((one) => matches(one.resource, resource)).flatMap(({ alarms }) => alarms)),
];

/** `*` in a pattern stands for any characters. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
