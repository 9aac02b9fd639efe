import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/core/action.ts';
import { firstBreak } from '../../shared/core/backtest.ts';
import { known, unknown } from '../../shared/core/evidence.ts';
import type { DailySeries, Facts } from '../../shared/core/facts.ts';
import { daysBefore } from '../../shared/core/time.ts';
import { idleDatabase, idleInstance, withEvidence } from '../support/facts-specimen.ts';
import { officeHours } from '../support/on-hours.ts';
import { DEFAULT_POLICY } from '../support/plan-specimen.ts';
import {
  cpu,
  everyHour,
  io1Volume,
  looseVolume,
  oversizedDatabase,
  oversizedInstance,
  traffic,
} from '../support/sized-specimen.ts';
import { burstable, DAYS, OFFERED, UNTIL } from './sizing/specimen.ts';

/** The days that follow the decision: the last week of what is known. */
const TO = UNTIL;
const FROM = daysBefore(7, TO);

/** A week of one value, but for its third day, 17 November. */
const week = (usual: number, third: number | undefined): DailySeries => ({
  firstDay: FROM,
  values: [usual, usual, third, usual, usual, usual, usual],
});

const breakOf = (facts: Facts, action: Action) =>
  firstBreak(facts, action, { policy: DEFAULT_POLICY, from: FROM, to: TO });
const brokenOnThird = (because: string) => known({ day: '2026-11-17', because });

const { identity: instance } = idleInstance;
const { identity: database } = idleDatabase;
const stopInstance: Action = {
  kind: 'stop-instance',
  instance,
  expect: { state: 'running', instanceType: 'm5.large' },
};
const stopDatabase: Action = { kind: 'stop-database', database, expect: { status: 'available', form: 'instance' } };
const resize: Action = { kind: 'resize-instance', instance, from: 'm5.2xlarge', to: 'm5.large' };
const deleteVolume: Action = { kind: 'snapshot-and-delete-volume', volume: looseVolume.identity };

const idle = { cpu: week(1, 1), network: week(1e5, 1e5), connections: week(0, 0), iops: week(1, 1) };
const instanceWith = (series: DailySeries, network = idle.network) =>
  withEvidence(idleInstance, { peakCpuPercent: known(series), networkBytes: known(network) });
const databaseWith = (connections: DailySeries, iops = idle.iops) =>
  withEvidence(idleDatabase, { peakConnections: known(connections), peakIops: known(iops) });

/** The specimen of sizing, with one thing that it asked for more of on a day of the last week. */
const day17 = DAYS - 5;
const onDay17 = (usual: number, then: number) => ({
  firstDay: daysBefore(DAYS, UNTIL),
  values: Array.from({ length: DAYS }, (_, day) => (day === day17 ? then : usual)),
});
const onHour = (usual: number, then: number) => ({
  firstHour: daysBefore(DAYS, UNTIL),
  values: Array.from({ length: DAYS * 24 }, (_, hour) => (hour === day17 * 24 + 7 ? then : usual)),
});

describe('a decision', () => {
  it.each<[string, Facts, Action]>([
    ['that an instance is idle', instanceWith(idle.cpu), stopInstance],
    ['that a database is idle', databaseWith(idle.connections), stopDatabase],
    ['that an instance is oversized', oversizedInstance, resize],
    ['that a volume is loose', looseVolume, deleteVolume],
    [
      'that gp3 gives what gp2 gave',
      io1Volume,
      {
        kind: 'change-volume-type',
        volume: io1Volume.identity,
        from: io1Volume.spec,
        to: { type: 'gp3', sizeGiB: 1, iops: 1e6, throughputMiBs: 1e6 },
      },
    ],
  ])('%s stands while the days after it are as the days before', (_, facts, action) => {
    expect(breakOf(facts, action)).toEqual(known(undefined));
  });

  it.each<[string, Facts, Action, string]>([
    ['CPU of a stopped instance', instanceWith(week(1, 63)), stopInstance, 'CPU % 63, more than 5'],
    ['CPU at the very limit', instanceWith(week(1, 5)), stopInstance, 'CPU % 5, more than 5'],
    [
      'network of a stopped instance',
      instanceWith(idle.cpu, week(1, 6e6)),
      stopInstance,
      'network bytes 6000000, more than 5000000',
    ],
    ['a connection to a stopped database', databaseWith(week(0, 2)), stopDatabase, 'connections 2, more than 0'],
    ['IOPS of a stopped database', databaseWith(idle.connections, week(1, 40)), stopDatabase, 'IOPS 40, more than 5'],
    [
      'a deleted volume attached',
      withEvidence(looseVolume, { attachedDays: known(onDay17(0, 12)) }),
      deleteVolume,
      'datapoints of an attached volume: 12, more than 0',
    ],
    [
      'CPU beyond the smaller type', // 30 % of 8 vCPUs
      withEvidence(oversizedInstance, { ...cpu(10), cpuDays: known({ p99: onDay17(5, 5), 'p99.9': onDay17(10, 30) }) }),
      resize,
      'vCPUs (p99.9) 2.4, more than 1.8',
    ],
    [
      'CPU that the watch would take back', // 23 % of 8 vCPUs are 92 % of 2
      withEvidence(oversizedInstance, { ...cpu(10), cpuDays: known({ p99: onDay17(5, 5), 'p99.9': onDay17(10, 23) }) }),
      resize,
      'vCPUs (p99.9) 1.8, more than 1.8',
    ],
    [
      'memory that the watch would take back', // 23.75 % of 32 GiB are 95 % of 8
      withEvidence(oversizedInstance, { memoryHours: known(onHour(10, 23.75)) }),
      resize,
      'MiB of memory 7782.4, more than 7782.4',
    ],
    [
      'memory beyond the smaller type', // 30 % of 32 GiB
      withEvidence(oversizedInstance, { memoryHours: known(onHour(10, 30)) }),
      resize,
      'MiB of memory 9830.4, more than 7782.4',
    ],
  ])('is broken by %s, and by nothing before it', (_, facts, action, because) => {
    expect(breakOf(facts, action)).toEqual(brokenOnThird(because));
    expect(firstBreak(facts, action, { policy: DEFAULT_POLICY, from: daysBefore(4, TO), to: TO })).toEqual(
      known(undefined),
    );
  });

  it('is known to have broken nothing without data of the days that its schedule had off', () => {
    const saturdayOff = { firstDay: FROM, values: [1, 1, 1, 1, 1, 1, undefined] };
    const facts = instanceWith(saturdayOff, saturdayOff);
    const after = { policy: DEFAULT_POLICY, from: FROM, to: TO };
    expect(firstBreak(facts, stopInstance, { ...after, onHours: officeHours() })).toEqual(known(undefined));
    expect(firstBreak(facts, stopInstance, after)).toEqual(unknown('no data for 1 of 7 days after it'));
  });

  it('is broken when a burstable type cannot earn the credits of a day', () => {
    const busy = {
      firstHour: daysBefore(DAYS, UNTIL),
      values: Array.from({ length: DAYS * 24 }, (_, hour) => (Math.floor(hour / 24) === day17 ? 20 : 2)),
    };
    const facts = withEvidence(oversizedInstance, { cpuHours: known(busy), offered: known([...OFFERED, burstable]) });
    const action: Action = { ...resize, to: 't3.large' } as Action;
    expect(breakOf(facts, action)).toEqual(brokenOnThird('vCPUs over a day 1.6, more than 0.6'));
  });

  it('is broken when the free memory of a database says that more was used', () => {
    const freeable = onHour(30 * 1024 ** 3, 20 * 1024 ** 3); // of 32 GiB
    const facts = withEvidence(oversizedDatabase, { memoryHours: known({ freeable, swap: everyHour(0) }) });
    const action: Action = { kind: 'resize-database', database, from: 'db.m5.2xlarge', to: 'db.m5.large' };
    expect(breakOf(facts, action)).toEqual(brokenOnThird('MiB of memory 12288, more than 7782.4'));
  });

  it('is broken when storage asks for more than gp3 includes', () => {
    const flows = traffic(1e6, 100);
    const busy = { ...flows, storageOperations: { ...flows.storageOperations, daily: onDay17(100, 3500) } };
    const facts = withEvidence(
      { ...oversizedDatabase, storage: { sizeGiB: 100, storageType: 'gp2', ioOptimized: false } },
      { traffic: known(busy) },
    );
    const action: Action = {
      kind: 'change-database-storage',
      database,
      from: { type: 'gp2', sizeGiB: 100 },
      to: { type: 'gp3', sizeGiB: 100 },
    };
    expect(breakOf(facts, action)).toEqual(brokenOnThird('IOPS 3500, more than 3000'));
  });

  it.each<[string, Facts, Action, string]>([
    ['a day has no data', instanceWith(week(1, undefined)), stopInstance, 'no data for 1 of 7 days after it'],
    [
      'there are no metrics',
      withEvidence(idleDatabase, { peakConnections: unknown('denied') }),
      stopDatabase,
      'no data for 7 of 7 days after it',
    ],
  ])('is neither right nor wrong where %s', (_, facts, action, why) => {
    expect(breakOf(facts, action)).toEqual(unknown(why));
  });
});
