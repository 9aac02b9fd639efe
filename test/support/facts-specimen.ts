import { type Evidence, known } from '../../shared/core/evidence.ts';
import type { DailySeries, DatabaseFacts, DatabaseMember, Facts, InstanceFacts } from '../../shared/core/facts.ts';
import { money } from '../../shared/core/money.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { daysBefore, utcMidnight } from '../../shared/core/time.ts';
import { ACCOUNT, DEFAULT_POLICY, TICK } from './plan-specimen.ts';

const REGION = 'ap-northeast-2';
const scope = { account: ACCOUNT, region: REGION };

/** As many days as the longest window has by default, and the day of the tick, which is not over. */
const DAYS = 35 + 1;

/** A value for each day up to the tick's own, which comes last: one for all of them, or one each. */
export function daily(values: number | readonly (number | undefined)[]): Evidence<DailySeries> {
  const each = typeof values === 'number' ? new Array<number>(DAYS).fill(values) : values;
  return known({ firstDay: daysBefore(each.length - 1, utcMidnight(TICK)), values: each });
}

/** Days of one value, and another one on the day that was `daysAgo`; 0 is the day of the tick. */
export function dailyBut(daysAgo: number, spoiled: number | undefined, usual = 0): Evidence<DailySeries> {
  return daily(Array.from({ length: DAYS }, (_, day) => (day === DAYS - 1 - daysAgo ? spoiled : usual)));
}

/** What the rules judge under: the tick, the default policy, no vetoes. */
export const context = (spoiled: Partial<JudgeContext> = {}): JudgeContext => ({
  now: TICK,
  policy: DEFAULT_POLICY,
  vetoes: [],
  ...spoiled,
});

/** An instance that nothing speaks for: everything about it was read, and all of it is idle. */
export const idleInstance: InstanceFacts = {
  type: 'instance',
  identity: { arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0abc`, id: 'i-0abc' },
  name: 'orders-batch',
  scope,
  tags: { owner: 'team-orders' },
  instanceType: 'm5.large',
  state: 'running',
  launchedAt: new Date('2026-03-01T09:00:00.000Z'),
  lifecycle: 'on-demand',
  tenancy: 'default',
  usageOperation: 'RunInstances',
  rootDevice: 'ebs',
  addresses: { elastic: 0, released: 0 },
  hardware: {
    zone: `${REGION}a`,
    architecture: 'x86_64',
    virtualizationType: 'hvm',
    enaSupport: true,
    networkInterfaces: 1,
    hibernation: false,
    metricSeconds: 300,
  },
  evidence: {
    peakCpuPercent: daily(1.2),
    networkBytes: daily(120_000),
    instanceStore: known(false),
    volumes: known([{ id: 'vol-0abc', sizeGiB: 100, volumeType: 'gp3' }]),
    stopProtection: known(false),
    hourlyPrice: known(money('USD', 0.118)),
  },
};

/** A database that nothing speaks for: everything about it was read, and all of it is idle. */
export const idleDatabase: DatabaseFacts = {
  type: 'database',
  form: 'instance',
  identity: { arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders-qa`, id: 'db-ORDERSQA' },
  name: 'orders-qa',
  scope,
  tags: { owner: 'team-orders' },
  engine: 'postgres',
  engineVersion: '16.4',
  status: 'available',
  createdAt: new Date('2026-03-01T09:00:00.000Z'),
  classes: ['db.r6g.large'],
  metricNames: ['orders-qa'],
  zones: [`${REGION}a`],
  multiAz: false,
  licenseModel: 'postgresql-license',
  members: [],
  replication: [],
  pendingModifications: [],
  storage: { sizeGiB: 100, storageType: 'gp3', ioOptimized: false },
  evidence: {
    peakConnections: daily(0),
    peakIops: daily(0.4),
    hourlyPrice: known(money('USD', 0.251)),
  },
};

const { licenseModel: _, ...clusterOf } = idleDatabase;

/** A member of a cluster that is at rest and that nothing speaks for. */
export function member(name: string, spoiled: Partial<DatabaseMember> = {}): DatabaseMember {
  const identity = { arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:${name}`, id: `db-${name}` };
  return { identity, name, tags: {}, status: 'available', pendingModifications: [], ...spoiled };
}

/** An idle Aurora cluster of two members, which stands for them. */
export const idleCluster: DatabaseFacts = {
  ...clusterOf,
  form: 'cluster',
  identity: { arn: `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:carts-qa`, id: 'cluster-CARTSQA' },
  name: 'carts-qa',
  engine: 'aurora-mysql',
  engineVersion: '8.0.mysql_aurora.3.05.2',
  engineMode: 'provisioned',
  members: [member('carts-qa-1'), member('carts-qa-2')],
  classes: ['db.r6g.large', 'db.r6g.large'],
  metricNames: ['carts-qa-1', 'carts-qa-2'],
  multiAz: true,
  storage: { ioOptimized: false },
  evidence: { ...idleDatabase.evidence, hourlyPrice: known(money('USD', 0.5)) },
};

/** The same with some evidence replaced. */
export const withEvidence = <T extends Facts>(facts: T, spoiled: Partial<T['evidence']>): T => ({
  ...facts,
  evidence: { ...facts.evidence, ...spoiled },
});

/** The same with only these kinds of evidence read. */
export const withOnly = <T extends Facts>(facts: T, kinds: readonly string[]): T => ({
  ...facts,
  evidence: Object.fromEntries(Object.entries(facts.evidence).filter(([kind]) => kinds.includes(kind))),
});

/** Another resource of the same kind: every number is another one. */
export function numbered<T extends Facts>(facts: T, number: number): T {
  const { arn, id } = facts.identity;
  return { ...facts, identity: { arn: `${arn}-${number}`, id: `${id}-${number}` }, name: `${facts.name}-${number}` };
}
