import {
  type Cluster,
  DescribeClustersCommand,
  PauseClusterCommand,
  type RedshiftClient,
  ResumeClusterCommand,
} from '@aws-sdk/client-redshift';
import { type Identity, parseArn } from '../../core/identity.ts';
import type { Asked, Progress } from '../../ports-acting.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';
import { warehouseIdentity } from '../identities.ts';
import { ask, type Verdict } from './ask.ts';
import { notAsExpected, RefusedError } from './refused.ts';

/**
 * Pauses and resumes a Redshift cluster; neither can be called off. Redshift takes names only, and a name may be given to
 * another cluster; so the namespace and the status are compared just before the call. What cannot be paused at all
 * (automated snapshots turned off, a hardware security module), Redshift refuses.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/rs-mgmt-pause-resume-cluster.html
 */
export interface Warehousing {
  readonly redshift: RedshiftClient;
  readonly warehouse: Identity;
}

export const pauseWarehouseNow = (warehousing: Warehousing): Promise<Asked> =>
  ask({
    look: () => lookAt(warehousing),
    judge: (seen) => judge(seen, { from: 'available', towards: ['pausing', 'paused'] }),
    mutate: () => warehousing.redshift.send(new PauseClusterCommand(named(warehousing))),
  });

export const resumeWarehouseNow = (warehousing: Warehousing): Promise<Asked> =>
  ask({
    look: () => lookAt(warehousing),
    judge: (seen) => judge(seen, { from: 'paused', towards: ['resuming', 'available'] }),
    mutate: () => warehousing.redshift.send(new ResumeClusterCommand(named(warehousing))),
  });

export const warehousePaused = (warehousing: Warehousing): Promise<Progress> =>
  progress(warehousing, { through: 'pausing', to: 'paused' });

export const warehouseRuns = (warehousing: Warehousing): Promise<Progress> =>
  progress(warehousing, { through: 'resuming', to: 'available' });

async function progress(
  warehousing: Warehousing,
  { through, to }: { readonly through: string; readonly to: string },
): Promise<Progress> {
  const seen = await lookAt(warehousing);
  if (seen instanceof RefusedError) return { state: 'failed', because: seen.message };
  const status = statusOf(seen);
  if (status === to) return { state: 'done' };
  return status === through ? { state: 'pending', seen: status } : { state: 'failed', because: `it is ${status}` };
}

interface Move {
  readonly from: 'available' | 'paused';
  readonly towards: readonly string[];
}

function judge(seen: Cluster, { from, towards }: Move): Verdict {
  const status = statusOf(seen);
  if (towards.includes(status)) return 'done';
  if (status === from) return 'ask';
  return notAsExpected(`it is ${status}, not ${from}`, { retryable: PASSING.has(status) });
}

/** What passes by itself, https://docs.aws.amazon.com/redshift/latest/mgmt/rs-mgmt-cluster-status.html */
const PASSING = new Set([
  'available, prep-for-resize',
  'available, resize-cleanup',
  'cancelling-resize',
  'creating',
  'modifying',
  'pausing',
  'rebooting',
  'renaming',
  'resizing',
  'resuming',
  'rotating-keys',
  'updating-hsm',
]);

const statusOf = ({ ClusterStatus = 'unknown' }: Cluster): string => ClusterStatus;

/** The name behind `cluster:`. */
const named = ({ warehouse }: Warehousing) => ({
  ClusterIdentifier: parseArn(warehouse.arn)?.resource.split(':').at(-1) ?? '',
});

/** The cluster as it is now, or why there is nothing to be done with it. @throws {AccessDeniedError} */
async function lookAt(warehousing: Warehousing): Promise<Cluster | RefusedError> {
  const { redshift, warehouse } = warehousing;
  const scope = parseArn(warehouse.arn) ?? { account: '', region: '' };
  try {
    const [seen] = (await redshift.send(new DescribeClustersCommand(named(warehousing)))).Clusters ?? [];
    if (!seen) return notAsExpected(GONE);
    return warehouseIdentity(scope, seen).id === warehouse.id
      ? seen
      : notAsExpected('another cluster carries its name');
  } catch (error) {
    if (nameOf(error) === 'ClusterNotFoundFault') return notAsExpected(GONE);
    if (isDenied(error)) throw new AccessDeniedError('may not look at the cluster', error);
    throw error;
  }
}

const GONE = 'it is gone';
