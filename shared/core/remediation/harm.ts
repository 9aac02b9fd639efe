import type { Action, ActionKind } from '../action.ts';
import type { Alarm, AlarmMetric } from './alarm.ts';
import { directionOf } from './watches.ts';

/** What more, or less, of a machine brings with it: its CPU and its credits. Cold caches and lost credits come with a start. */
const LOAD = [
  'CPUUtilization',
  'CPUCreditBalance',
  'CPUCreditUsage',
  'CPUSurplusCreditBalance',
  'CPUSurplusCreditsCharged',
  'DBLoad',
  'DBLoadCPU',
  'DBLoadNonCPU',
];

/** The alarms on these go off besides a remedy of this kind, on whichever side of their thresholds. */
const EXPECTED: Readonly<Partial<Record<ActionKind, readonly string[]>>> = {
  'set-unlimited-credits': LOAD,
  'resize-instance': LOAD,
  'resize-database': LOAD,
  'reboot-instance': LOAD,
  'move-instance': LOAD,
};

/** How much something is used: that it is little is no harm, whatever the remedy. */
const USE = [
  'CPUUtilization',
  'DatabaseConnections',
  'DiskReadOps',
  'DiskWriteOps',
  'EBSReadOps',
  'EBSWriteOps',
  'NetworkIn',
  'NetworkOut',
  'NetworkPacketsIn',
  'NetworkPacketsOut',
  'NetworkReceiveThroughput',
  'NetworkTransmitThroughput',
  'ReadIOPS',
  'ReadThroughput',
  'WriteIOPS',
  'WriteThroughput',
];

const OF_MACHINES = ['AWS/EC2', 'AWS/RDS'];

/**
 * Whether another alarm of a resource that goes off after a remedy tells that this made it worse: status checks, errors, latency,
 * and whatever else is not to be expected of it.
 */
export function tellsOfHarm({ kind }: Pick<Action, 'kind'>, { watches }: Pick<Alarm, 'watches'>): boolean {
  if (watches.kind === 'composite' || watches.metrics.length === 0) return true;
  const side = directionOf(watches);
  const expected = [...(EXPECTED[kind] ?? []), ...(side === 'less' ? USE : [])];
  const isExpected = ({ namespace, name }: AlarmMetric) => OF_MACHINES.includes(namespace) && expected.includes(name);
  return !watches.metrics.every(isExpected);
}
