import { type Evidence, unknown } from '../../core/evidence.ts';
import type { DatabaseFacts, InstanceFacts } from '../../core/facts.ts';
import type { Arn } from '../../core/identity.ts';
import { type StepUp, stepUp } from '../../core/remediation/step-up.ts';
import type { InstanceTypeFacts } from '../../core/sizing/instance-type.ts';
import type { Offers } from '../offers.ts';
import { readable } from '../retention/unreadable.ts';
import type { Looking } from './look.ts';

/** What a machine could become, and the next larger one of it. */
export interface Larger {
  readonly offered: Evidence<readonly InstanceTypeFacts[]>;
  readonly step: Evidence<StepUp | undefined>;
}

/** The next larger class or type of each: what is remembered of AWS's catalogue is not read again. */
export async function stepsUp(
  offers: Offers,
  machines: readonly (DatabaseFacts | InstanceFacts)[],
  { clients, now }: Pick<Looking, 'clients' | 'now'>,
): Promise<ReadonlyMap<Arn, Larger>> {
  if (machines.length === 0) return new Map();
  const offered = await readable('what AWS offers', () => offers(machines, { clients, now }));
  return new Map(
    machines.flatMap((machine) => {
      const types = offered.known ? offered.value.get(machine.identity.arn) : offered;
      const name = machine.type === 'instance' ? machine.instanceType : (machine.classes[0] ?? 'unknown');
      if (!types) return [];
      return [
        [machine.identity.arn, { offered: types, step: types.known ? stepUp(name, types.value) : types }] as const,
      ];
    }),
  );
}

/** The step that was decided about, with its price as it was read since. */
export function withPrice(step: Larger['step'], priced: Larger | undefined): Larger['step'] {
  if (!step.known || !step.value || !priced) return step;
  const monthlyMore = priced.step.known ? (priced.step.value?.monthlyMore ?? NOT_SOLD) : priced.step;
  return { known: true, value: { ...step.value, monthlyMore } };
}

const NOT_SOLD = unknown('AWS does not offer it any more');
