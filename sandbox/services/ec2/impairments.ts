import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';

/** A new host is a fresh boot as well; a reboot stays on its host. */
const MENDS = { start: ['start', 'reboot'], reboot: ['reboot'] } as const;

/** What a boot mends of what the status checks of an instance have found. */
export function comesUp(
  { impairments }: Ec2State,
  { InstanceId, State }: StoredInstance,
  by: keyof typeof MENDS,
): void {
  if (State.Name !== 'running') return;
  const left = (impairments.get(InstanceId) ?? []).filter(({ until }) => !MENDS[by].some((one) => one === until));
  if (left.length > 0) impairments.set(InstanceId, left);
  else impairments.delete(InstanceId);
}
