import { type Change, stands } from '../../shared/core/change.ts';
import type { Facts } from '../../shared/core/facts.ts';
import { type Arn, parseArn } from '../../shared/core/identity.ts';
import type { RemediationMemory } from '../../shared/core/remediation/memory.ts';
import { type KnownSubject, keyOfSubject } from '../../shared/core/remediation/subject.ts';

/** The ARNs under which the ledger has what Lamplighter did to a resource: a cluster is stopped as a whole. */
export function ownersOf({ identity: { arn }, ...facts }: Facts): Arn[] {
  const cluster = facts.type === 'database' ? facts.memberOf : undefined;
  return cluster ? [arn, arn.replace(/:db:.*$/, `:cluster:${cluster}`)] : [arn];
}

/** What a database or an instance is remembered by. */
export function keyOfArn(arn: Arn): string {
  const { account = '', region = '', resource = '' } = parseArn(arn) ?? {};
  const [kind, name = ''] = resource.split(/[:/]/, 2);
  const subject: KnownSubject =
    kind === 'instance'
      ? { type: 'instance', id: name }
      : { type: 'database', form: kind === 'cluster' ? 'cluster' : 'instance', name };
  return keyOfSubject(subject, { account, region });
}

/** Whether its alarms may be expected, because somebody has stopped it. */
export const isDown = (facts: Facts): boolean =>
  facts.type === 'database'
    ? ['stopping', 'stopped', 'starting'].includes(facts.status)
    : facts.type === 'instance' && facts.state !== 'running';

/** What has it down as long as it is under way, and what keeps it down. */
const UNDER_WAY = ['resize-instance', 'move-instance'];
const STOPS = ['stop-instance', 'stop-database'];

/** By what Lamplighter has it down, if it has: `off-hours, schedule office`. */
export function stopperIn(changes: readonly Change[]): string | undefined {
  const by = changes.find(
    ({ proposal: { action }, outcome, ...change }) =>
      (STOPS.includes(action.kind) && stands({ ...change, proposal: { action } as Change['proposal'], outcome })) ||
      (UNDER_WAY.includes(action.kind) && outcome === 'watching'),
  );
  const { schedule, rule } = by?.proposal ?? {};
  return by && (schedule ? `off-hours, schedule ${schedule.name}` : `${rule} (plan ${by.planId})`);
}

/** Whether a runbook is at the resource as far as is known, so that its end has to be asked for. */
export const isOpen = ({ remediations }: RemediationMemory, key: string): boolean =>
  remediations.some((one) => one.resource === key && one.mode !== 'report' && one.ended === undefined);

/** What of that is over, and since when. */
export const endsIn = ({ remediations }: RemediationMemory, key: string, changes: readonly Change[]): Ended[] =>
  remediations.flatMap(({ plan, resource }) => {
    const change =
      resource === key ? changes.find((one) => one.planId === plan && one.outcome !== 'watching') : undefined;
    return change ? [{ plan, resource, at: new Date(change.finishedAt) }] : [];
  });

/**
 * The plans for it that only wait for an approval: nothing is begun, and what is urgent does not wait with them. Two that begin
 * at once are kept apart by carry-out's lease.
 */
export const waitingIn = ({ remediations }: RemediationMemory, key: string, changes: readonly Change[]): string[] =>
  remediations
    .filter(({ resource, mode, ended }) => resource === key && mode === 'approve' && ended === undefined)
    .map(({ plan }) => plan)
    .filter((plan) => !changes.some(({ planId }) => planId === plan));

/** The end of a runbook's turn at a resource. */
export interface Ended {
  readonly plan: string;
  readonly resource: string;
  readonly at: Date;
}
