import { type Change, stands } from '../../shared/core/change.ts';
import type { Facts } from '../../shared/core/facts.ts';
import { type Arn, parseArn, partitionOf } from '../../shared/core/identity.ts';
import type { Remediation, RemediationMemory } from '../../shared/core/remediation/memory.ts';
import { areOne, type Place } from '../../shared/core/remediation/place.ts';
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

/** The turns of runbooks there that are not over as far as is known, so that their ends have to be asked for. */
export const openAt = ({ remediations }: RemediationMemory, place: Place): Remediation[] =>
  remediations.filter((one) => areOne(one, place) && one.mode !== 'report' && one.ended === undefined);

/** The ARN of what a turn is at. */
export function arnOfTurn({ resource }: Pick<Remediation, 'resource'>): Arn {
  const [account = '', region = '', type, ...name] = resource.split(' ');
  const partition = partitionOf(region);
  if (type === 'instance') return `arn:${partition}:ec2:${region}:${account}:instance/${name.join(' ')}`;
  const [form, id] = name;
  return `arn:${partition}:rds:${region}:${account}:${form === 'cluster' ? 'cluster' : 'db'}:${id}`;
}

/** What of that is over, and since when. */
export const endsIn = (open: readonly Remediation[], changes: readonly Change[]): Ended[] =>
  open.flatMap(({ plan, resource }) => {
    const change = changes.find((one) => isOf(one, { plan, resource }) && one.outcome !== 'watching');
    if (!change) return [];
    const untouched = isUntouched(change) ? { untouched: true as const } : {};
    return [{ plan, resource, at: new Date(change.finishedAt), ...untouched }];
  });

/** A failure may have done something all the same. */
const isUntouched = ({ outcome, appliedAt }: Change): boolean =>
  appliedAt === undefined && ['skipped', 'vetoed', 'expired'].includes(outcome);

const isOf = ({ planId, proposal }: Change, { plan, resource }: Pick<Remediation, 'plan' | 'resource'>): boolean =>
  planId === plan && keyOfArn(proposal.resource.arn) === resource;

/**
 * The plans for it that only wait for an approval: nothing is begun, and what is urgent does not wait with them. Two that begin
 * at once are kept apart by carry-out's lease.
 */
export const waitingIn = (open: readonly Remediation[], changes: readonly Change[]): string[] =>
  open.filter((one) => one.mode === 'approve' && !changes.some((change) => isOf(change, one))).map(({ plan }) => plan);

/** The end of a runbook's turn at a resource. */
export interface Ended {
  readonly plan: string;
  readonly resource: string;
  readonly at: Date;
  /** Nothing was done to it. */
  readonly untouched?: true;
}
