import { type Machine, machineOf } from './machine.ts';

/** Zones by their letters. Default: a, b and c. */
const ZONES: Readonly<Record<string, string>> = {
  'ap-northeast-2': 'abcd',
  'us-east-1': 'abcdef',
  'us-west-2': 'abcd',
};

/** Families that a region, or a zone of it, does not offer (DescribeInstanceTypeOfferings). Everything else is offered. */
const MISSING: Readonly<Record<string, string>> = {
  'ap-northeast-2': 'm6a x2gd',
  'ap-northeast-2b': 't3a m5a',
  'ap-northeast-2d': 't3a m5a x2idn x2iedn',
  'eu-central-1': 'x2gd',
  'eu-north-1': 't3a m5a m6a x2gd',
  'us-east-1e':
    't3 t3a t4g c5 c6g c6i c7g c7i m5 m5a m6a m6g m6i m7g m7i r5 r6g r6i r7g r7i x2gd x2idn x2iedn m5d m6id',
  'us-west-2d': 'x2idn x2iedn',
};

const isMissing = ({ family }: Machine, where: string): boolean =>
  MISSING[where]?.split(' ').includes(family.name) ?? false;

/** `ap-northeast-2` -> `ap-northeast-2a` to `ap-northeast-2d` */
const zonesOf = (region: string): string[] => [...(ZONES[region] ?? 'abc')].map((letter) => region + letter);

/** The zones of a region in which a type is to be had; none for a type that nobody knows. */
export function zonesWith(type: string, region: string): string[] {
  const machine = machineOf(type);
  if (!machine || isMissing(machine, region)) return [];
  return zonesOf(region).filter((zone) => !isMissing(machine, zone));
}
