import type { Change } from '../change.ts';
import type { Evidence } from '../evidence.ts';
import type { SnapshotAction } from '../retention/action.ts';
import { localTime } from '../time.ts';
import type { Anomaly } from './anomaly.ts';
import type { Cause } from './explanation.ts';

/** Which of Lamplighter's snapshots may be behind an anomaly: those that it made, or those that it deleted. */
export type SnapshotsBehind = 'made' | 'deleted' | 'none';

/**
 * What snapshots cost: backup storage beyond what is free (`APN2-RDS:ChargedBackupUsage`, `APN2-Aurora:BackupUsage`, and the
 * like of DocumentDB and Neptune), and what a copy carries from one region to another (`APN2-EUC1-AWS-Out-Bytes`).
 */
const OF_SNAPSHOTS = /BackupUsage$|AWS-(In|Out)-Bytes$/;

/** A part that is so little of it does not explain it. */
const LEAST_SHARE = 0.1;

/** As Cost Explorer names them. */
const SERVICES: ReadonlySet<string> = new Set([
  'Amazon Relational Database Service',
  'Amazon DocumentDB (with MongoDB compatibility)',
  'Amazon Neptune',
  'AWS Data Transfer',
]);

/** By what the bill says of the causes; where it says nothing, by the service: a region may be new because of its copies. */
export function snapshotsBehind({ kind, service }: Pick<Anomaly, 'kind' | 'service'>, causes: Causes): SnapshotsBehind {
  const isBehind =
    causes.known && causes.value.length > 0
      ? causes.value.some(({ keys, share }) => share >= LEAST_SHARE && keys.some((key) => OF_SNAPSHOTS.test(key)))
      : kind === 'new-region' || SERVICES.has(service);
  if (!isBehind) return 'none';
  return kind === 'drop' ? 'deleted' : 'made';
}

type Causes = Evidence<readonly Cause[]>;

/** A change of Lamplighter's own that is about a snapshot. */
export interface SnapshotChange extends Change {
  readonly proposal: Change['proposal'] & { readonly action: SnapshotAction };
  readonly appliedAt: string;
}

/** Whether it is billed to the account: the copy where it is kept, its way where it comes from. */
export function isBilledTo(account: string, { proposal: { action } }: SnapshotChange): boolean {
  return (
    action.scope.account === account || (action.kind === 'copy-snapshot' && action.source.scope.account === account)
  );
}

/** There may be hundreds of one night: for each plan what was done where, how often, since when and of how much. */
export function describeSnapshots(changes: readonly SnapshotChange[], timezone: string): string[] {
  const alike = Map.groupBy(changes, ({ planId, proposal }) => `${planId} ${whatIn(proposal.action)}`);
  return [...alike.values()].map((same) => {
    const [first] = same.toSorted((a, b) => (a.appliedAt < b.appliedAt ? -1 : 1)) as [SnapshotChange];
    const { proposal, appliedAt, planId } = first;
    const since = localTime(new Date(appliedAt), timezone);
    const count = same.length === 1 ? '1 snapshot' : `${same.length} snapshots`;
    return `${count} ${whatIn(proposal.action)}, ${same.length === 1 ? 'at' : 'from'} ${since}${sizeOf(same)} (plan ${planId})`;
  });
}

/** `copied from ap-northeast-2 to eu-central-1` */
function whatIn(action: SnapshotAction): string {
  const where = placeOf(action.scope);
  switch (action.kind) {
    case 'create-snapshot':
      return `taken in ${where}`;
    case 'copy-snapshot':
      return action.purpose === 'off-site'
        ? `copied from ${placeOf(action.source.scope)} to ${where}`
        : `copied in ${where}`;
    case 'delete-snapshot':
      return `deleted in ${where}`;
    default:
      return action satisfies never;
  }
}

const placeOf = ({ account, region }: SnapshotAction['scope']): string => `${region} (${account})`;

/** Of the databases: AWS does not say what a snapshot adds to others. */
function sizeOf(changes: readonly SnapshotChange[]): string {
  const sizes = changes.flatMap(({ made }) => made?.sizeGiB ?? []);
  return sizes.length === changes.length ? `, of databases of ${sizes.reduce((sum, one) => sum + one, 0)} GiB` : '';
}
