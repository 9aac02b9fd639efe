import type { InstanceFacts } from '../facts.ts';
import { controllerOf } from './owner.ts';

/** Why AWS would refuse to stop the instance, or something would undo the stop. */
export function unstoppableInstance(instance: InstanceFacts): string | undefined {
  if (instance.state !== 'running') return `its state is ${instance.state}, not running`;
  return unstoppableByKind(instance);
}

/** The same by what the instance is, whatever it does now. */
export function unstoppableByKind(instance: InstanceFacts): string | undefined {
  const controller = controllerOf(instance);
  if (controller) return `owned by ${controller}, which would replace it`;
  if (instance.lifecycle !== 'on-demand')
    return `AWS does not stop and start ${instance.lifecycle} instances like on-demand ones`;
  if (instance.tenancy === 'host') return 'runs on a Dedicated Host, which is billed whether it runs or not';
  if (instance.rootDevice === 'instance-store') return 'its root device is an instance store: AWS cannot stop it';
  return undefined;
}
