import { expect, it } from 'vitest';
import type { ActionKind } from '../../../shared/core/action.ts';
import { tellsOfHarm } from '../../../shared/core/remediation/harm.ts';
import { alarm, metric, watching } from './alarms.ts';

const high = 'GreaterThanThreshold';
const low = 'LessThanThreshold';

it.each<[ActionKind, string, string, string, boolean]>([
  ['set-unlimited-credits', 'AWS/EC2', 'CPUUtilization', high, false],
  ['set-unlimited-credits', 'AWS/EC2', 'CPUSurplusCreditsCharged', high, false],
  ['set-unlimited-credits', 'AWS/EC2', 'StatusCheckFailed', high, true],
  ['resize-instance', 'AWS/EC2', 'CPUUtilization', low, false],
  ['resize-instance', 'AWS/EC2', 'CPUCreditBalance', low, false],
  ['resize-instance', 'AWS/EC2', 'NetworkOut', low, false],
  ['resize-instance', 'AWS/EC2', 'StatusCheckFailed_System', high, true],
  ['resize-database', 'AWS/RDS', 'DBLoad', high, false],
  ['resize-database', 'AWS/RDS', 'DatabaseConnections', low, false],
  ['resize-database', 'AWS/RDS', 'DatabaseConnections', high, true],
  ['resize-database', 'AWS/RDS', 'FreeableMemory', low, true],
  ['resize-database', 'AWS/RDS', 'ReadLatency', high, true],
  ['reboot-instance', 'AWS/EC2', 'CPUUtilization', high, false],
  ['reboot-instance', 'AWS/EC2', 'StatusCheckFailed_Instance', high, true],
  ['move-instance', 'AWS/EC2', 'CPUCreditBalance', low, false],
  ['move-instance', 'Shop', 'errors', high, true],
  ['move-instance', 'Shop', 'CPUUtilization', high, true],
  ['change-database-storage', 'AWS/RDS', 'CPUUtilization', high, true],
  ['change-database-storage', 'AWS/RDS', 'WriteIOPS', low, false],
  ['change-database-storage', 'AWS/RDS', 'DiskQueueDepth', high, true],
])('of %s an alarm on %s %s (%s) tells of harm: %s', (kind, namespace, name, comparison, harm) => {
  const watches = watching([metric(namespace, name, {})], { comparison });
  expect(tellsOfHarm({ kind }, alarm({ watches }))).toBe(harm);
});

it('an alarm that watches something else as well tells of it', () => {
  const watches = watching([metric('AWS/EC2', 'CPUUtilization', {}), metric('Shop', 'errors', {})], {
    comparison: high,
  });
  expect(tellsOfHarm({ kind: 'resize-instance' }, alarm({ watches }))).toBe(true);
});
