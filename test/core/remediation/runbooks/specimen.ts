import { type Evidence, known } from '../../../../shared/core/evidence.ts';
import type { DatabaseFacts, InstanceFacts } from '../../../../shared/core/facts.ts';
import { money } from '../../../../shared/core/money.ts';
import type { Alarm, AlarmMetric } from '../../../../shared/core/remediation/alarm.ts';
import type {
  AlarmedDatabase,
  AlarmedInstance,
  EvidenceMetric,
  RunbookFacts,
  RunbookSettings,
  StorageChanges,
} from '../../../../shared/core/remediation/runbook.ts';
import type { HourlySeries } from '../../../../shared/core/sizing/demand.ts';
import { idleDatabase, idleInstance, withEvidence } from '../../../support/facts-specimen.ts';
import { ACCOUNT, TICK } from '../../../support/plan-specimen.ts';

export const NOW = TICK;
export const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;
const HOURS = 14 * 24;
const REGION = 'ap-northeast-2';

export const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR_MS);

/** Changes of the storage that began so many hours ago, the last one first. */
export const changed = (...hours: readonly number[]): StorageChanges => ({
  last: hoursAgo(hours[0] ?? 0),
  begun: hours.map(hoursAgo),
});

/** GiB as bytes, hour by hour up to now: `free(0)` is of 14 days ago, the last of the hour that has just begun. */
export const freeHours = (free: (hour: number) => number | undefined, hours = HOURS): Evidence<HourlySeries> =>
  known({
    firstHour: hoursAgo(hours - 1),
    values: Array.from({ length: hours }, (_, hour) => {
      const gib = free(hour);
      return gib === undefined ? undefined : gib * GIB;
    }),
  });

/** So much is free now, and was more by so much a day. */
export const filling = (perDayGiB: number, nowGiB: number): Evidence<HourlySeries> =>
  freeHours((hour) => nowGiB + (perDayGiB / 24) * (HOURS - 1 - hour));

export const metric = (namespace: string, name: string, dimensions: Record<string, string>): AlarmMetric => ({
  namespace,
  name,
  dimensions,
  statistic: 'Average',
});

const storageMetric = metric('AWS/RDS', 'FreeStorageSpace', { DBInstanceIdentifier: 'orders-qa' });

export const alarmOn = (watched: AlarmMetric, than: { comparison: string; threshold: number }): Alarm => {
  const name = `${watched.name}-alarm`;
  return {
    name,
    arn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`,
    scope: { account: ACCOUNT, region: REGION },
    state: 'ALARM',
    since: new Date(NOW.getTime() - 120_000),
    reason: 'Threshold Crossed: 3 out of 3 datapoints',
    by: 'data',
    watches: { kind: 'metric', metrics: [watched], ...than },
  };
};

/** Below 10 GiB free. */
export const storageAlarm = alarmOn(storageMetric, { comparison: 'LessThanThreshold', threshold: 10 * GIB });

/** Every five minutes of three hours. */
export const measured = (
  watched: AlarmMetric,
  { what, unit, value }: { what: string; unit: string; value: number | undefined },
): EvidenceMetric => ({
  metric: watched,
  what,
  unit,
  series: known({ from: hoursAgo(3), stepSeconds: 300, values: new Array(36).fill(value) }),
});

export const settings: RunbookSettings = {
  growAtMostShare: 1,
  growAtMostGiB: 1000,
  growAtMostTimes: 3,
  rebootInFreeze: false,
  timezone: 'Asia/Seoul',
};

/** 100 GiB of gp3 with 8 GiB free, which are used up in four days. */
export const fullDatabase: AlarmedDatabase = {
  type: 'database',
  facts: withEvidence(idleDatabase, { prices: known({ 'gp3 GiB': money('USD', 0.131) }) }),
  replicas: [],
  freeStorageHours: filling(2, 8),
  classUp: known({ from: 'db.r6g.large', to: 'db.r6g.xlarge', monthlyMore: known(money('USD', 183.23)) }),
  performanceInsights: 'on',
};

export const unwellInstance: AlarmedInstance = {
  type: 'instance',
  facts: idleInstance,
  systemStatus: known('impaired'),
  instanceStatus: known('impaired'),
  attachedEbsStatus: known('ok'),
  scheduledEvents: [],
  instanceStore: known(false),
  stopProtection: known(false),
  typeUp: known({ from: 't3.large', to: 't3.xlarge', monthlyMore: known(money('USD', 60.74)) }),
};

export const facts = (spoiled: Partial<RunbookFacts> = {}): RunbookFacts => ({
  alarm: storageAlarm,
  history: [],
  resource: fullDatabase,
  metrics: [],
  now: NOW,
  ...spoiled,
});

/** The database with something else about it. */
export const database = (
  spoiled: Partial<AlarmedDatabase> = {},
  ofFacts: Partial<DatabaseFacts> = {},
): AlarmedDatabase => ({ ...fullDatabase, ...spoiled, facts: { ...fullDatabase.facts, ...ofFacts } });

export const instance = (
  spoiled: Partial<AlarmedInstance> = {},
  ofFacts: Partial<InstanceFacts> = {},
): AlarmedInstance => ({ ...unwellInstance, ...spoiled, facts: { ...unwellInstance.facts, ...ofFacts } });
