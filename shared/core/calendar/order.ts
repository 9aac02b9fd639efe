import { glob } from '../glob.ts';
import type { ScheduledResource } from '../off-hours/resource.ts';

/** A group of the policy: all resources of a kind (`databases`, `services`), or names in which `*` stands for any characters. */
export type Group = readonly string[];

/** What is put into steps. */
type Ordered = Pick<ScheduledResource, 'type' | 'name'>;

const KINDS = {
  databases: 'database',
  warehouses: 'warehouse',
  instances: 'instance',
  groups: 'auto-scaling-group',
  services: 'service',
} as const satisfies Record<string, ScheduledResource['type']>;

/**
 * The steps in which resources are started or stopped, one after the other. Starts go through the groups from the first to
 * the last, what is in no group comes after them; stops go the other way. A resource belongs to the first group that it fits.
 */
export function stepsOf<Resource extends Ordered>(
  resources: readonly Resource[],
  order: readonly Group[],
  act: 'start' | 'stop',
): Resource[][] {
  const steps: Resource[][] = Array.from({ length: order.length + 1 }, () => []);
  for (const resource of resources) {
    const group = order.findIndex((one) => one.some((word) => fits(word, resource)));
    steps.at(group)?.push(resource); // -1, in no group, is the last step
  }
  const inTurn = steps.filter((step) => step.length > 0);
  return act === 'start' ? inTurn : inTurn.reverse();
}

function fits(word: string, { type, name }: Ordered): boolean {
  return Object.hasOwn(KINDS, word) ? KINDS[word as keyof typeof KINDS] === type : glob(word, name);
}
