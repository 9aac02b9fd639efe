import { expect, it } from 'vitest';
import { parseTypeName, sustainedVcpus } from '../../../shared/core/sizing/instance-type.ts';
import { large } from './specimen.ts';

it.each([
  ['m5.large', { series: 'm', generation: 5, attributes: '', size: 'large' }],
  ['m7i-flex.2xlarge', { series: 'm', generation: 7, attributes: 'i-flex', size: '2xlarge' }],
  ['c6gn.metal', { series: 'c', generation: 6, attributes: 'gn', size: 'metal' }],
  ['db.r6gd.4xlarge', { series: 'r', generation: 6, attributes: 'gd', size: '4xlarge' }],
  ['x2iedn.xlarge', { series: 'x', generation: 2, attributes: 'iedn', size: 'xlarge' }],
  ['t2.micro', { series: 't', generation: 4, attributes: '', size: 'micro' }],
  ['t4g.small', { series: 't', generation: 6, attributes: 'g', size: 'small' }],
  ['u-6tb1.metal', undefined],
  ['large', undefined],
])('the name %s is taken apart', (name, expected) => expect(parseTypeName(name)).toEqual(expected));

it.each([
  ['t3.nano', 2, 0.1],
  ['t3.large', 2, 0.6],
  ['t4g.2xlarge', 8, 3.2],
  ['t2.xlarge', 4, 0.9],
  ['t2.large', 2, 0.6],
  ['db.t3.medium', 2, 0.4],
  ['db.t2.2xlarge', 8, 1.36],
  ['t9.16xlarge', 64, 0],
])('%s with %d vCPUs earns %d of them', (name, vcpus, sustained) => {
  expect(sustainedVcpus({ ...large, name, vcpus, burstable: true })).toBeCloseTo(sustained, 10);
});

it('what is not burstable has all its vCPUs', () => expect(sustainedVcpus(large)).toBe(2));
