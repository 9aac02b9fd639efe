import { type Evidence, known } from '../../shared/core/evidence.ts';
import type {
  DailySeries,
  DatabaseFacts,
  Flow,
  InstanceFacts,
  SnapshotFacts,
  Traffic,
  VolumeFacts,
} from '../../shared/core/facts.ts';
import { money } from '../../shared/core/money.ts';
import type { HourlySeries } from '../../shared/core/sizing/demand.ts';
import type { InstanceTypeFacts } from '../../shared/core/sizing/instance-type.ts';
import { DAYS, days, flat, HOURS, hours, OFFERED, x2large } from '../core/sizing/specimen.ts';
import { idleDatabase, idleInstance } from './facts-specimen.ts';
import { ACCOUNT } from './plan-specimen.ts';

const REGION = 'ap-northeast-2';
const scope = { account: ACCOUNT, region: REGION };

const inside = <T>(evidence: Evidence<T>): T => {
  if (!evidence.known) throw new Error(evidence.why);
  return evidence.value;
};

/** One value for every day, and for every hour, of the look-back. */
export const everyDay = (value: number): DailySeries => inside(days(flat(DAYS, value)));
export const everyHour = (value: number): HourlySeries => inside(hours(flat(HOURS, value)));

const flow = (value: number): Flow => ({ hourly: everyHour(value), daily: everyDay(value) });

/** As much a second at all times: bytes of network and of volumes, operations of volumes. */
export const traffic = (bytes: number, operations: number): Traffic => ({
  network: flow(bytes),
  storageBytes: flow(bytes),
  storageOperations: flow(operations),
});

/** CPU in percent, the same on every day and in every hour. */
export const cpu = (percent: number) => ({
  peakCpuPercent: known(everyDay(percent)),
  cpuDays: known({ p99: everyDay(percent), 'p99.9': everyDay(percent) }),
  cpuHours: known(everyHour(percent)),
});

/** Eight vCPUs and 32 GiB of which a tenth is used: everything about it was read, and nothing speaks for so large a type. */
export const oversizedInstance: InstanceFacts = {
  ...idleInstance,
  name: 'orders-web',
  instanceType: x2large.name,
  evidence: {
    ...cpu(10),
    offered: known(OFFERED),
    memoryDays: known(everyDay(10)),
    memoryHours: known(everyHour(10)),
    traffic: known(traffic(1e6, 100)),
    stopProtection: known(false),
  },
};

const GIB = 1024 ** 3;

/** The same types under the names of database classes. */
const CLASSES: readonly InstanceTypeFacts[] = OFFERED.map((type) => ({ ...type, name: `db.${type.name}` }));

/** The same of a database: 32 GiB, of which 28 are free. */
export const oversizedDatabase: DatabaseFacts = {
  ...idleDatabase,
  name: 'orders',
  classes: [`db.${x2large.name}`],
  evidence: {
    ...cpu(10),
    classChanges: known([]),
    offered: known(CLASSES),
    memoryDays: known({ freeable: everyDay(28 * GIB), swap: everyDay(0) }),
    memoryHours: known({ freeable: everyHour(28 * GIB), swap: everyHour(0) }),
    peakConnections: known(everyDay(40)),
    traffic: known(traffic(1e6, 100)),
  },
};

/** What volumes cost in us-east-1, about. */
const PRICES = {
  'gp2 GiB': money('USD', 0.1),
  'gp3 GiB': money('USD', 0.08),
  'gp3 IOPS': money('USD', 0.005),
  'gp3 GiB/s': money('USD', 40.96),
  'io1 GiB': money('USD', 0.125),
  'io1 IOPS': money('USD', 0.065),
  'io2 GiB': money('USD', 0.125),
  'io2 IOPS': money('USD', 0.065),
};

const prices = known(PRICES);

/** A volume that nothing has been attached to since long ago. */
export const looseVolume: VolumeFacts = {
  type: 'volume',
  identity: { arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-0abc`, id: 'vol-0abc' },
  name: 'old-data',
  scope,
  tags: { owner: 'team-orders' },
  spec: { type: 'gp3', sizeGiB: 200, iops: 3000, throughputMiBs: 125 },
  state: 'available',
  createdAt: new Date('2026-03-01T09:00:00.000Z'),
  attachedTo: [],
  multiAttach: false,
  evidence: { attachedDays: known({ firstDay: new Date('2026-09-01T00:00:00Z'), values: [288, 288, 12] }), prices },
};

/** A gp2 volume in use that gp3 would replace. */
export const gp2Volume: VolumeFacts = {
  ...looseVolume,
  name: 'data',
  spec: { type: 'gp2', sizeGiB: 1000 },
  state: 'in-use',
  attachedTo: ['i-0abc'],
  evidence: { prices },
};

const MIB = 1024 ** 2;

/** Paid for 8,000 operations a second, used for 400. */
export const io1Volume: VolumeFacts = {
  ...gp2Volume,
  spec: { type: 'io1', sizeGiB: 400, iops: 8000 },
  evidence: { prices, peakOperations: known(everyDay(400)), peakBytes: known(everyDay(10 * MIB)) },
};

/** A snapshot of a volume that is gone. */
export const orphanSnapshot: SnapshotFacts = {
  type: 'snapshot',
  identity: { arn: `arn:aws:ec2:${REGION}::snapshot/snap-0abc`, id: 'snap-0abc' },
  name: 'snap-0abc',
  scope,
  tags: {},
  sizeGiB: 100,
  state: 'completed',
  startedAt: new Date('2026-03-01T09:00:00.000Z'),
  volumeId: 'vol-0gone',
  volumeExists: false,
  images: [],
  evidence: {},
};

/** Stopped in spring, and still paid for. */
export const longStopped: InstanceFacts = {
  ...idleInstance,
  state: 'stopped',
  stoppedAt: new Date('2026-04-01T12:00:00.000Z'),
  evidence: { volumes: known([{ id: 'vol-0abc', sizeGiB: 500, volumeType: 'gp2' }]), prices },
};
