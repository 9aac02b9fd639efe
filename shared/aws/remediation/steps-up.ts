import type { Evidence } from '../../core/evidence.ts';
import type { DatabaseFacts, InstanceFacts } from '../../core/facts.ts';
import type { Arn } from '../../core/identity.ts';
import { type StepUp, stepUp } from '../../core/remediation/step-up.ts';
import { readable } from '../retention/unreadable.ts';
import type { Looking } from './look.ts';

/** The next larger class or type of each, with what it costs more: what is remembered of AWS's catalogue is not read again. */
export async function stepsUp(
  { clients, market, now }: Looking,
  machines: readonly (DatabaseFacts | InstanceFacts)[],
): Promise<ReadonlyMap<Arn, Evidence<StepUp | undefined>>> {
  if (machines.length === 0) return new Map();
  const offered = await readable('what AWS offers', () => market.offers(machines, { clients, now }));
  return new Map(
    machines.flatMap((machine) => {
      const types = offered.known ? offered.value.get(machine.identity.arn) : offered;
      const name = machine.type === 'instance' ? machine.instanceType : (machine.classes[0] ?? 'unknown');
      return types ? [[machine.identity.arn, types.known ? stepUp(name, types.value) : types] as const] : [];
    }),
  );
}
