import { databaseClassOf } from '../../catalogue/database-classes.ts';
import { type Machine, machineOf } from '../../catalogue/machine.ts';
import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import type { StoredDatabase } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Meter } from './metered.ts';
import type { Surge } from './surge.ts';

const MIB = 1024 * 1024;

/** What a machine was at any moment. */
export interface Place {
  machineAt(moment: number): Machine;
  changedBetween(from: number, to: number): boolean;
}

export const instancePlace = ({ types }: Ec2State, instance: StoredInstance): Place => ({
  machineAt: (moment) => machineOf(types.at(instance.InstanceId, moment, instance.InstanceType))!,
  changedBetween: (from, to) => types.changedBetween(instance.InstanceId, from, to),
});

export const databasePlace = ({ classes }: RdsState, database: StoredDatabase): Place => ({
  machineAt: (moment) =>
    databaseClassOf(classes.at(database.DBInstanceIdentifier, moment, database.DBInstanceClass))!.machine,
  changedBetween: (from, to) => classes.changedBetween(database.DBInstanceIdentifier, from, to),
});

type Reading = (demand: number, machine: Machine) => number;

/** A meter of a machine that may be changed for another, and of a demand that may surge. */
export const meterOf = (place: Place, surge: Surge, reading: Reading): Meter => ({
  read: (demand, at) => reading(demand * surge.at(at), place.machineAt(at)),
  changesBetween: (from, to) => place.changedBetween(from, to) || surge.changedBetween(from, to),
});

/** CPUUtilization: vCPUs in use as a percentage of what there is. */
export const cpuPercent: Reading = (vcpus, machine) => Math.min(100, (100 * vcpus) / machine.vcpus);

/** mem_used_percent of the CloudWatch agent. */
export const memoryPercent: Reading = (mib, machine) => Math.min(99, (100 * mib) / machine.memoryMib);

/** swap_used_percent of the CloudWatch agent: what memory cannot hold, in swap space of a tenth of the memory. */
export const swapPercent: Reading = (mib, machine) =>
  Math.min(100, (100 * Math.max(0, mib - 0.99 * machine.memoryMib)) / (machine.memoryMib / 10));

/** FreeableMemory, in bytes; the system and the database's own overhead take a twentieth. */
export const freeableBytes: Reading = (mib, machine) => Math.max(64, 0.95 * machine.memoryMib - mib) * MIB;

/** SwapUsage, in bytes: what memory cannot hold. */
export const swapBytes: Reading = (mib, machine) => Math.max(0, mib - (0.95 * machine.memoryMib - 64)) * MIB;

/** EBSIOBalance%, of operations a second: full below the machine's baseline, and the emptier the further above it. */
export const ioBalance: Reading = (iops, { storage }) => balance(iops, storage?.iops.baseline);

/** EBSByteBalance%, of bytes a second. */
export const byteBalance: Reading = (bytes, { storage }) => balance(bytes, storage && storage.mbps.baseline * 125_000);

const balance = (demand: number, baseline = demand): number =>
  Math.max(0, Math.min(100, 200 - (100 * demand) / baseline));

/** Credits of a burstable machine: what is earned in a day, less what is used above the baseline; never below none. */
export const creditBalance: Reading = (vcpus, machine) => {
  const earnedADay = creditsAnHour(machine) * 24;
  return Math.max(0, Math.min(earnedADay, earnedADay - 24 * Math.max(0, vcpus * 60 - creditsAnHour(machine))));
};

/** What is used above the baseline once there are no credits left, in five minutes. */
export const surplusCharged: Reading = (vcpus, machine) =>
  creditBalance(vcpus, machine) > 0 ? 0 : Math.max(0, vcpus * 60 - creditsAnHour(machine)) / 12;

/** EC2 User Guide, "CPU credits and baseline utilization": T3, T3a and T4g by size. */
const CREDITS_AN_HOUR: Readonly<Record<string, number>> = {
  nano: 6,
  micro: 12,
  small: 24,
  medium: 24,
  large: 36,
  xlarge: 96,
  '2xlarge': 192,
};

const creditsAnHour = ({ size }: Machine): number => CREDITS_AN_HOUR[size] ?? 0;
