import { type InstanceTypeFacts, parseTypeName } from './instance-type.ts';

/** The machine that is to be sized, beyond its type. AWS sees to the drivers of a database: it has both. */
export interface Machine {
  readonly type: InstanceTypeFacts;
  readonly virtualizationType: string;
  /** That an image is made for. Absent of a database: AWS sees to its image. */
  readonly imageArchitecture?: string;
  /** Whether its image has the driver for enhanced networking (`EnaSupport`). */
  readonly enaSupport: boolean;
  /** Whether its image has an NVMe driver, which only running on a type that requires one shows. */
  readonly nvmeSupport: boolean;
  readonly networkInterfaces: number;
}

/** What the policy permits a machine to become. */
export interface SizingPolicy {
  /** Names of types; `*` stands for any characters. */
  readonly types: readonly string[];
  /** `same`: what runs on x86_64 stays there. `any`: the software is known to run on both, if not its image. */
  readonly architecture: 'same' | 'any';
  readonly burstable: 'allowed' | 'never';
  /** Midnights of the past UTC days that a sale touched: what they asked for counts, however long ago. */
  readonly saleDays: readonly Date[];
}

/** The series that differ in size and proportion only, so that one may take the other's place. */
const GENERAL_SERIES = ['t', 'm', 'c', 'r'];

/** Why the machine could not or may not run on the type, whatever it asks for; undefined when it can. */
export function whyIncompatible(
  candidate: InstanceTypeFacts,
  { type, ...machine }: Machine,
  policy: SizingPolicy,
): string | undefined {
  if (!policy.types.some((pattern) => matches(pattern, candidate.name))) return 'the policy does not permit it';
  if (candidate.burstable && policy.burstable === 'never') return 'the policy does not permit burstable types';
  const architectures = machine.imageArchitecture ? [machine.imageArchitecture] : type.architectures;
  if (policy.architecture === 'same' && !overlap(candidate.architectures, architectures)) {
    return `its architecture is ${candidate.architectures.join(' or ')}`;
  }
  if (!candidate.virtualizationTypes.includes(machine.virtualizationType)) {
    return `it does not boot ${machine.virtualizationType} images`;
  }
  if (candidate.ena === 'required' && !machine.enaSupport) return 'it needs the ENA driver, which the image lacks';
  if (candidate.nvme === 'required' && !machine.nvmeSupport) {
    return 'it needs an NVMe driver, and nothing shows that the image has one';
  }
  if (candidate.networkInterfaces < machine.networkInterfaces) {
    return `it takes ${candidate.networkInterfaces} of ${machine.networkInterfaces} network interfaces`;
  }
  if (candidate.localDiskGb < type.localDiskGb) return 'its local disks are smaller';
  return whyAnotherKind(candidate, type);
}

/** An image is made for one architecture: EC2 refuses a type of another one to a stopped instance. */
export const unprovenImage = (
  { architectures }: InstanceTypeFacts,
  { imageArchitecture }: Pick<Machine, 'imageArchitecture'>,
): string[] =>
  imageArchitecture === undefined || architectures.includes(imageArchitecture)
    ? []
    : [`it needs an image for ${architectures.join(' or ')}`];

function whyAnotherKind(candidate: InstanceTypeFacts, present: InstanceTypeFacts): string | undefined {
  const [to, from] = [parseTypeName(candidate.name), parseTypeName(present.name)];
  if (!to || !from) return 'its kind is not known';
  const general = [to, from].every(({ series }) => GENERAL_SERIES.includes(series));
  if (to.series !== from.series && !general) return `its series ${to.series} is made for something else`;
  if (to.generation < from.generation) return 'it is of an older generation';
  if (present.currentGeneration && !candidate.currentGeneration) return 'it is of a previous generation';
  if (isFlex(to) && !isFlex(from)) return 'flex types do not guarantee their CPU';
  if (to.size.startsWith('metal') !== from.size.startsWith('metal')) return 'one is bare metal, the other is not';
  return undefined;
}

const isFlex = ({ attributes }: { attributes: string }): boolean => attributes.endsWith('flex');
const overlap = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((one) => others.includes(one));

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
