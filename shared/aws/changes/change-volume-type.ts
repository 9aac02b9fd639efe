import { type EC2Client, ModifyVolumeCommand, type Volume, type VolumeModification } from '@aws-sdk/client-ec2';
import { type Action, describeVolume as inWords, type VolumeSpec } from '../../core/action.ts';
import type { Identity } from '../../core/identity.ts';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { ask, type Verdict } from './ask.ts';
import { only } from './only.ts';
import { notAsExpected, type RefusedError } from './refused.ts';
import { describeVolume, latestModification } from './volume-looks.ts';

/**
 * A volume is modified while it is in use, and is what it is to be as soon as AWS optimizes it, which may take a day. Until
 * that is over it cannot be modified again, so taking it back may have to wait. Needs no protection: no data are touched.
 */
export function changeVolumeType(ec2: EC2Client): ChangeVerbs {
  const there = (action: Action): Change => {
    const { volume, from, to } = only('change-volume-type', action);
    return { ec2, volume, leaves: from, wants: to };
  };
  const back = (action: Action): Change => {
    const { leaves, wants, ...change } = there(action);
    return { ...change, leaves: wants, wants: leaves };
  };
  return {
    apply: async (action) => modify(there(action)),
    settled: async (action) => progressOf(there(action)),
    undo: async (action) => modify(back(action)),
    undone: async (action) => progressOf(back(action)),
  };
}

interface Change {
  readonly ec2: EC2Client;
  readonly volume: Identity;
  readonly leaves: VolumeSpec;
  readonly wants: VolumeSpec;
}

interface Seen {
  readonly volume: Volume | undefined;
  readonly latest: VolumeModification | undefined;
}

async function look({ ec2, volume }: Change): Promise<Seen> {
  return { volume: await describeVolume(ec2, volume), latest: await latestModification(ec2, volume) };
}

const modify = (change: Change): Promise<Asked> =>
  ask({ look: () => look(change), judge: (seen) => judge(seen, change), mutate: () => send(change) });

/** Size stays as it is: a volume never shrinks, so growing it could not be taken back. */
function judge({ volume, latest }: Seen, { leaves, wants }: Change): Verdict {
  if (!volume) return notAsExpected(GONE);
  if (leaves.sizeGiB !== wants.sizeGiB) return notAsExpected('a change of its size could not be taken back');
  const active = ACTIVE.has(latest?.ModificationState ?? '');
  if (latest && active) return leadsTo(latest, wants) ? 'done' : underWay(latest);
  if (is(volume, wants)) return 'done';
  if (!is(volume, leaves)) return notAsExpected(`it is ${inWords(specOf(volume))}, not ${inWords(leaves)}`);
  const { State: state = '' } = volume;
  return state === 'available' || state === 'in-use' ? 'ask' : notAsExpected(`it is ${state}`);
}

const GONE = 'it is gone';
const ACTIVE = new Set(['modifying', 'optimizing']);

/** AWS takes one modification at a time. */
const underWay = ({ ModificationState, TargetVolumeType }: VolumeModification): RefusedError =>
  notAsExpected(`a modification to ${TargetVolumeType} is ${ModificationState}: it can be modified again after that`, {
    untimely: true,
  });

function send({ ec2, volume, wants }: Change) {
  const { type, iops: Iops, throughputMiBs: Throughput } = wants;
  const VolumeType = type as NonNullable<Volume['VolumeType']>;
  return ec2.send(new ModifyVolumeCommand({ VolumeId: volume.id, VolumeType, Iops, Throughput }));
}

async function progressOf(change: Change): Promise<Progress> {
  const { volume, latest } = await look(change);
  if (!volume) return { state: 'failed', because: GONE };
  if (is(volume, change.wants)) return { state: 'done' };
  const ours = latest && leadsTo(latest, change.wants) ? latest : undefined;
  if (ours?.ModificationState === 'modifying') return { state: 'pending', seen: `modifying, ${ours.Progress ?? 0} %` };
  const failed = ours?.ModificationState === 'failed' && ours.StatusMessage;
  return { state: 'failed', because: failed || `it is ${inWords(specOf(volume))}` };
}

/** What is absent in a spec is the type's own. */
const is = (volume: Volume, { type, sizeGiB, iops, throughputMiBs }: VolumeSpec): boolean =>
  volume.VolumeType === type &&
  volume.Size === sizeGiB &&
  (iops === undefined || volume.Iops === iops) &&
  (throughputMiBs === undefined || volume.Throughput === throughputMiBs);

const leadsTo = (latest: VolumeModification, wants: VolumeSpec): boolean =>
  is(
    {
      VolumeType: latest.TargetVolumeType,
      Size: latest.TargetSize,
      Iops: latest.TargetIops,
      Throughput: latest.TargetThroughput,
    },
    wants,
  );

const specOf = ({ VolumeType, Size = 0, Iops, Throughput }: Volume): VolumeSpec => ({
  type: VolumeType ?? 'unknown',
  sizeGiB: Size,
  ...(Iops === undefined ? {} : { iops: Iops }),
  ...(Throughput === undefined ? {} : { throughputMiBs: Throughput }),
});
