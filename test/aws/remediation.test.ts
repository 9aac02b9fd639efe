import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../sandbox/estate/cloud-trail-state.ts';
import type { Fault } from '../../sandbox/faults.ts';
import { AccessDeniedError } from '../../shared/aws/errors.ts';
import { catalogueOffers } from '../../shared/aws/offers.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { awsPriceList, cachedPrices } from '../../shared/aws/pricing.ts';
import { awsRemediation } from '../../shared/aws/remediation/reader.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import type {
  AlarmedDatabase,
  AlarmedInstance,
  EvidenceMetric,
  RunbookId,
} from '../../shared/core/remediation/runbook.ts';
import { type KnownSubject, keyOfSubject, subjectOf } from '../../shared/core/remediation/subject.ts';
import type { CatalogueCache, CataloguePart } from '../../shared/ports.ts';
import type { FoundResource, Wanted } from '../../shared/ports-remediation.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { openSandbox } from './support.ts';

/** Nobody waits in real time for the ten attempts of a scan. */
const HASTY = { ...PATIENT, maxAttempts: 2 };

const GIB = 1024 ** 3;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const ORDERS: KnownSubject = { type: 'database', form: 'instance', name: 'orders' };
const CARTS: KnownSubject = { type: 'database', form: 'cluster', name: 'carts' };
const instance = (id: string): KnownSubject => ({ type: 'instance', id });

/** What was listed stays so. */
function remembering(): CatalogueCache {
  const parts = new Map<string, readonly unknown[]>();
  const keyOf = ({ region, of }: CataloguePart) => `${region} ${of}`;
  return {
    get: async (wanted) => wanted.map((part) => parts.get(keyOf(part))),
    put: async (part, rows) => void parts.set(keyOf(part), rows),
  };
}

async function open() {
  const opened = await openSandbox();
  const { sandbox, home, scope, clients } = opened;
  const now = sandbox.clock.now();
  const list = awsPriceList(clients.pricing);
  const catalogue = remembering();
  const market = {
    types: catalogueOffers(catalogue),
    offers: catalogueOffers(catalogue, list),
    prices: cachedPrices(list, new MemoryLedger()),
  };
  const reader = awsRemediation(opened.credentialsOf, market, HASTY);
  const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE);
  const fail = (operation: string, fault: Fault = 'accessDenied') => sandbox.faults.add({ operation, fault });
  const addAlarm = (name: string, watches: Partial<MetricAlarm> = {}) =>
    home.cloudwatch.alarms.set(name, {
      AlarmName: name,
      AlarmArn: `arn:aws:cloudwatch:${scope.region}:${scope.account}:alarm:${name}`,
      Namespace: 'AWS/RDS',
      MetricName: 'FreeStorageSpace',
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }],
      Statistic: 'Average',
      Period: 60,
      Threshold: 10 * GIB,
      ComparisonOperator: 'LessThanThreshold',
      StateValue: 'ALARM',
      StateReason: 'Threshold Crossed: 1 datapoint [9.0] was less than the threshold (10.0).',
      StateReasonData: '{"recentDatapoints":[9.0]}',
      StateTransitionedTimestamp: ago(2),
      ...watches,
    });
  const addComposite = (name: string, AlarmRule: string) =>
    home.cloudwatch.compositeAlarms.set(name, {
      AlarmName: name,
      AlarmArn: `arn:aws:cloudwatch:${scope.region}:${scope.account}:alarm:${name}`,
      AlarmRule,
      StateValue: 'ALARM',
      StateTransitionedTimestamp: ago(1),
    });
  /** @param valueAt by how many minutes ago */
  const measured = (
    name: string,
    dimensions: Record<string, string>,
    valueAt: (ago: number) => number | undefined = () => 1,
  ) => {
    const [namespace = '', metric = ''] = name.split(' ');
    home.cloudwatch.series({ namespace, metric, dimensions }, function* (periodSeconds, start, end) {
      for (let at = start; at < Math.min(end, now.getTime()); at += periodSeconds * 1000) {
        const value = valueAt((now.getTime() - at) / MINUTE);
        if (value !== undefined) yield { at, value };
      }
    });
  };
  const find = async (subject: KnownSubject): Promise<Evidence<FoundResource | undefined> | undefined> =>
    (await reader.resources(scope, [subject])).get(keyOfSubject(subject, scope));
  /** The alarm of this name with what it is about. */
  const want = async (alarmName: string, runbook: RunbookId): Promise<Wanted> => {
    const [alarm] = await reader.alarms(scope, [alarmName]);
    if (!alarm) throw new Error(`no alarm ${alarmName}`);
    const subject = subjectOf(alarm);
    if (subject.type === 'none') throw new Error(subject.why);
    const found = await find(subject);
    if (!found?.known || !found.value) throw new Error('not found');
    return { alarm, runbook, found: found.value };
  };
  const look = async (alarmName: string, runbook: RunbookId) => {
    const wanted = await want(alarmName, runbook);
    sandbox.calls.clear();
    const [looked] = await reader.look(scope, [wanted], now);
    if (!looked) throw new Error('nothing was looked at');
    const [shown] = await reader.evidence(scope, [{ ...wanted, ...looked }], now);
    if (!shown) throw new Error('nothing is shown');
    return shown;
  };
  const lookAtDatabase = async (alarmName: string, runbook: RunbookId) =>
    (await look(alarmName, runbook)) as { resource: AlarmedDatabase; metrics: readonly EvidenceMetric[] };
  const lookAtInstance = async (alarmName: string, runbook: RunbookId) =>
    (await look(alarmName, runbook)) as { resource: AlarmedInstance; metrics: readonly EvidenceMetric[] };
  const tally = () => Object.fromEntries(sandbox.calls.tally());
  return {
    ...opened,
    now,
    ago,
    reader,
    fail,
    addAlarm,
    addComposite,
    measured,
    find,
    want,
    look,
    lookAtDatabase,
    lookAtInstance,
    tally,
  };
}

/** An instance with an alarm of its status checks. */
async function openUnwell(
  seed: Parameters<Awaited<ReturnType<typeof openSandbox>>['home']['ec2']['addInstance']>[0] = {},
) {
  const opened = await open();
  const { home, now } = opened;
  const launched = new Date(now.getTime() - 48 * HOUR);
  const { InstanceId: id } = home.ec2.addInstance({ InstanceType: 'm5.large', LaunchTime: launched, ...seed });
  opened.addAlarm('web', {
    Namespace: 'AWS/EC2',
    MetricName: 'StatusCheckFailed_System',
    Dimensions: [{ Name: 'InstanceId', Value: id }],
    Statistic: 'Maximum',
  });
  return { ...opened, id };
}

const valuesOf = (metrics: readonly EvidenceMetric[], name: string) => {
  const series = metrics.find(({ metric }) => metric.name === name)?.series;
  return series?.known ? series.value.values : series?.why;
};

describe('alarms', () => {
  it('are read again by their names, of either type, and what is deleted is not there', async () => {
    const { reader, scope, addAlarm, addComposite, ago } = await open();
    addAlarm('orders-disk');
    addAlarm('other');
    addComposite('shop', 'ALARM("orders-disk") OR ALARM(other)');
    const found = await reader.alarms(scope, ['orders-disk', 'shop', 'gone', 'shop']);
    expect(found).toHaveLength(2);
    expect(found).toMatchObject([
      { name: 'orders-disk', scope, state: 'ALARM', since: ago(2), by: 'data', watches: { threshold: 10 * GIB } },
      { name: 'shop', watches: { kind: 'composite', children: ['orders-disk', 'other'] } },
    ]);
  });

  it('are asked for by the hundred', async () => {
    const { reader, scope, addAlarm, tally } = await open();
    const names = Array.from({ length: 201 }, (_, index) => `alarm-${index}`);
    for (const name of names) addAlarm(name);
    expect(await reader.alarms(scope, names)).toHaveLength(201);
    expect(tally()).toEqual({ 'cloudwatch:DescribeAlarms': 3 });
  });

  it('are not asked for when none is named', async () => {
    const { reader, scope, addAlarm, tally } = await open();
    addAlarm('orders-disk');
    expect(await reader.alarms(scope, [])).toEqual([]);
    expect(tally()).toEqual({});
  });

  it('with a rule of a form that is not known spoil nothing for the others', async () => {
    const { reader, scope, addAlarm, addComposite } = await open();
    addAlarm('orders-disk');
    addComposite('new', 'MOSTLY(ALARM, (a, b))');
    expect(await reader.alarms(scope, ['orders-disk', 'new'])).toMatchObject([
      { name: 'orders-disk' },
      {
        name: 'new',
        state: 'ALARM',
        watches: { rule: 'MOSTLY(ALARM, (a, b))', children: [], unreadable: expect.any(String) as string },
      },
    ]);
  });

  it('that are on are all that are on', async () => {
    const { reader, scope, addAlarm, addComposite } = await open();
    addAlarm('on');
    addAlarm('off', { StateValue: 'OK' });
    addComposite('shop', 'ALARM(on)');
    expect((await reader.alarmsOn(scope)).map(({ name }) => name)).toEqual(['on', 'shop']);
  });

  it('have a history: of the range, oldest first, of those that are there still', async () => {
    const { reader, scope, home, sandbox, addAlarm, now } = await open();
    for (const name of ['disk', 'cpu', 'gone']) addAlarm(name, { StateValue: 'OK' });
    const turn = (name: string, to: 'OK' | 'ALARM') =>
      home.cloudwatch.turn(name, to, to === 'OK' ? { by: 'a person', reason: 'quiet' } : { by: 'data', values: [1] });
    turn('disk', 'ALARM');
    sandbox.clock.advance({ minutes: 10 });
    for (const name of ['disk', 'gone']) turn(name, name === 'gone' ? 'ALARM' : 'OK');
    turn('cpu', 'ALARM');
    home.cloudwatch.alarms.delete('gone');
    sandbox.clock.advance({ minutes: 10 });
    turn('cpu', 'OK');
    const range = { from: now, to: new Date(now.getTime() + 20 * MINUTE) };
    const at = (minutes: number) => new Date(now.getTime() + minutes * MINUTE);
    const all = await reader.histories(scope, range);
    expect(all.map(({ alarm, changes }) => [alarm.name, alarm.state, changes])).toEqual([
      ['cpu', 'OK', [{ at: at(10), from: 'OK', to: 'ALARM', by: 'data' }]],
      [
        'disk',
        'OK',
        [
          { at: at(0), from: 'OK', to: 'ALARM', by: 'data' },
          { at: at(10), from: 'ALARM', to: 'OK', by: 'a person' },
        ],
      ],
    ]);
    expect((await reader.histories(scope, range, 'cpu')).map(({ alarm }) => alarm.name)).toEqual(['cpu']);
  });

  it.each([
    ['alarms', 'DescribeAlarms'],
    ['their history', 'DescribeAlarmHistory'],
  ])('are not nothing where %s may not be read', async (_, operation) => {
    const { reader, scope, addAlarm, fail, ago, now } = await open();
    addAlarm('orders-disk');
    fail(operation);
    const ask = () =>
      operation === 'DescribeAlarms'
        ? reader.alarms(scope, ['orders-disk'])
        : reader.histories(scope, { from: ago(60), to: now });
    await expect(ask()).rejects.toThrow(AccessDeniedError);
  });

  it('are asked for again later where CloudWatch is too busy', async () => {
    const { reader, scope, addAlarm, fail } = await open();
    addAlarm('orders-disk');
    fail('DescribeAlarms', 'throttle');
    await expect(reader.alarms(scope, ['orders-disk'])).rejects.toThrow(/Rate exceeded|[Tt]hrottl/);
  });
});

describe('what alarms are about', () => {
  it('is a database, with what its one description tells', async () => {
    const { home, find, tally } = await open();
    home.rds.addInstance({
      DBInstanceIdentifier: 'orders',
      MaxAllocatedStorage: 500,
      PerformanceInsightsEnabled: true,
      ReadReplicaDBInstanceIdentifiers: ['orders-r1', 'arn:aws:rds:eu-west-1:123456789012:db:orders-eu'],
    });
    expect(await find(ORDERS)).toMatchObject({
      known: true,
      value: {
        type: 'database',
        facts: { name: 'orders', form: 'instance', storage: { sizeGiB: 100, storageType: 'gp3' } },
        growsItselfTo: 500,
        counted: { name: 'orders', resourceId: expect.stringMatching(/^db-/) as string, engine: 'postgres' },
        replicas: [{ name: 'orders-r1' }, { name: 'orders-eu', region: 'eu-west-1' }],
      },
    });
    expect(tally()).toEqual({ 'rds:DescribeDBInstances': 1 });
  });

  it('is a replica, which is behind another', async () => {
    const { home, find } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders', ReadReplicaSourceDBInstanceIdentifier: 'main' });
    expect(await find(ORDERS)).toMatchObject({ value: { replicas: [{ name: 'orders' }] } });
  });

  it('is a cluster with its members, of which the readers are behind', async () => {
    const { home, find, scope } = await open();
    home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-postgresql' });
    for (const [index, name] of ['carts-1', 'carts-2'].entries()) {
      home.rds.addInstance({
        DBInstanceIdentifier: name,
        DBClusterIdentifier: 'carts',
        Engine: 'aurora-postgresql',
        PerformanceInsightsEnabled: index === 1,
      });
    }
    expect(await find(CARTS)).toMatchObject({
      value: {
        facts: { form: 'cluster', name: 'carts', metricNames: ['carts-1', 'carts-2'] },
        replicas: [{ name: 'carts-2' }],
        counted: { name: 'carts-2', engine: 'aurora-postgresql' },
      },
    });
    expect(await find({ type: 'database', form: 'instance', name: 'carts-1' })).toMatchObject({
      value: { parent: { key: keyOfSubject(CARTS, scope), words: 'the cluster carts' } },
    });
  });

  it('is an instance, of the group that its tag names', async () => {
    const { home, find, tally } = await open();
    const Tags = [{ Key: 'aws:autoscaling:groupName', Value: 'web' }];
    const { InstanceId: id } = home.ec2.addInstance({ InstanceType: 'm5.large', Tags });
    expect(await find(instance(id))).toMatchObject({
      value: {
        type: 'instance',
        facts: { identity: { id }, instanceType: 'm5.large', state: 'running' },
        parent: { key: expect.stringContaining('web') as string, words: 'the Auto Scaling group web' },
      },
    });
    expect(tally()).toEqual({ 'ec2:DescribeInstances': 1 });
  });

  it('is nothing once it is deleted, beside what is there', async () => {
    const { home, reader, scope } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    const gone = home.ec2.addInstance({ State: { Name: 'terminated' } }).InstanceId;
    const subjects = [ORDERS, CARTS, instance(gone), instance('i-0aaaaaaaaaaaaaaaa')];
    const found = await reader.resources(scope, subjects);
    const seen = subjects.map((subject) => {
      const one = found.get(keyOfSubject(subject, scope));
      return one?.known ? (one.value?.facts.name ?? 'gone') : 'unknown';
    });
    expect(seen).toEqual(['orders', 'gone', 'gone', 'gone']);
  });

  it('is described by the fifty databases and by the two hundred instances', async () => {
    const { home, reader, scope, tally } = await open();
    const subjects = [
      ...Array.from({ length: 120 }, (_, index): KnownSubject => {
        const name = `db-${index}`;
        home.rds.addInstance({ DBInstanceIdentifier: name });
        return { type: 'database', form: 'instance', name };
      }),
      ...Array.from({ length: 201 }, () => instance(home.ec2.addInstance({}).InstanceId)),
    ];
    const found = await reader.resources(scope, subjects);
    expect([...found.values()].filter((one) => one.known && one.value)).toHaveLength(321);
    expect(tally()).toEqual({ 'rds:DescribeDBInstances': 3, 'ec2:DescribeInstances': 2 });
  });

  it.each<[string, Fault, RegExp]>([
    ['may not be read', 'accessDenied', /^may not read the databases: /],
    ['does not answer', 'throttle', /^could not read the databases: /],
  ])('is unknown where it %s, and other kinds are known', async (_, fault, why) => {
    const { home, reader, scope, fail } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    const { InstanceId: id } = home.ec2.addInstance({});
    fail('DescribeDBInstances', fault);
    const found = await reader.resources(scope, [ORDERS, instance(id)]);
    expect(found.get(keyOfSubject(ORDERS, scope))).toEqual({ known: false, why: expect.stringMatching(why) as string });
    expect(found.get(keyOfSubject(instance(id), scope))).toMatchObject({ known: true, value: { type: 'instance' } });
  });

  it('is unknown where the account does not let us in', async () => {
    const { scope } = await open();
    const denied = new AccessDeniedError(
      'may not assume the role',
      Object.assign(new Error(), { name: 'AccessDenied' }),
    );
    const nothing = async () => new Map();
    const market = { types: nothing, offers: nothing, prices: nothing };
    const reader = awsRemediation(() => Promise.reject(denied), market, HASTY);
    expect(await reader.resources(scope, [ORDERS])).toEqual(
      new Map([[keyOfSubject(ORDERS, scope), { known: false, why: denied.message }]]),
    );
  });
});

describe('a database whose storage is low', () => {
  async function openLow(seed: object = {}) {
    const opened = await open();
    opened.home.rds.addInstance({ DBInstanceIdentifier: 'orders', MaxAllocatedStorage: 500, ...seed });
    opened.addAlarm('disk');
    return opened;
  }

  it('has its free storage by the hour of fourteen days, and the price of more', async () => {
    const { lookAtDatabase, measured, tally } = await openLow();
    measured('AWS/RDS FreeStorageSpace', { DBInstanceIdentifier: 'orders' }, (ago) => Math.round(ago / 60) * GIB);
    const { resource } = await lookAtDatabase('disk', 'database-storage-low');
    expect(resource).toMatchObject({
      type: 'database',
      growsItselfTo: 500,
      freeStorageHours: { known: true },
      facts: { evidence: { prices: { known: true, value: { 'gp3 GiB': { currency: 'USD' } } } } },
      classUp: { known: false, why: 'its runbook does not ask for it' },
      performanceInsights: 'off',
    });
    expect(resource.storageChanges).toBeUndefined();
    if (!resource.freeStorageHours.known) throw new Error(resource.freeStorageHours.why);
    const { values } = resource.freeStorageHours.value;
    expect(values).toHaveLength(14 * 24);
    expect([values[0], values.at(-1)]).toEqual([336 * GIB, GIB]);
    expect(tally()).toEqual({
      'cloudwatch:GetMetricData': 1,
      'rds:DescribeEvents': 1,
      'pricing:GetProducts': 1,
    });
  });

  it("shows the alarm's own metric first, and what may eat the storage, of the last day", async () => {
    const { lookAtDatabase, measured } = await openLow();
    measured('AWS/RDS FreeStorageSpace', { DBInstanceIdentifier: 'orders' }, () => 9 * GIB);
    measured('AWS/RDS TransactionLogsDiskUsage', { DBInstanceIdentifier: 'orders' }, () => 40 * GIB);
    const { metrics } = await lookAtDatabase('disk', 'database-storage-low');
    expect(metrics.map(({ metric, what, unit }) => [metric.name, what, unit])).toEqual([
      ['FreeStorageSpace', 'free storage', 'GiB'],
      ['WriteThroughput', 'written', 'MiB a second'],
      ['TransactionLogsDiskUsage', 'transaction logs', 'GiB'],
      ['ReplicationSlotDiskUsage', 'replication slots', 'GiB'],
      ['DatabaseConnections', 'connections', ''],
    ]);
    expect(metrics[0]).toMatchObject({ metric: { statistic: 'Average' }, series: { value: { stepSeconds: 3600 } } });
    expect(valuesOf(metrics, 'FreeStorageSpace')).toEqual(new Array(24).fill(9));
    expect(valuesOf(metrics, 'TransactionLogsDiskUsage')).toEqual(new Array(24).fill(40));
    expect(valuesOf(metrics, 'WriteThroughput')).toEqual(new Array(24).fill(undefined));
  });

  it('says when its storage was changed last', async () => {
    const { sandbox, clients, lookAtDatabase } = await openLow();
    const change = { DBInstanceIdentifier: 'orders', AllocatedStorage: 150, ApplyImmediately: true };
    await clients.rds.send(new ModifyDBInstanceCommand(change));
    sandbox.clock.advance({ hours: 1 });
    const { resource } = await lookAtDatabase('disk', 'database-storage-low');
    const changed = resource.storageChanges?.last.getTime() ?? 0;
    expect(changed).toBeGreaterThan(sandbox.clock.now().getTime() - HOUR);
    expect(resource.facts).toMatchObject({ status: 'storage-optimization', storage: { sizeGiB: 150 } });
  });

  it('has an unknown trend where nobody knows when its storage was changed', async () => {
    const { lookAtDatabase, measured, fail } = await openLow();
    measured('AWS/RDS FreeStorageSpace', { DBInstanceIdentifier: 'orders' }, () => 9 * GIB);
    fail('DescribeEvents');
    const { resource } = await lookAtDatabase('disk', 'database-storage-low');
    expect(resource.freeStorageHours).toEqual({
      known: false,
      why: expect.stringMatching(
        /^when it was last changed is unknown: may not read the events of databases/,
      ) as string,
    });
  });

  it.each<[string, Fault, RegExp]>([
    ['may not be read', 'accessDenied', /^may not read the metrics: /],
    ['are throttled', 'throttle', /^could not read the metrics: /],
  ])('is unknown in all that its metrics say, when they %s', async (_, fault, why) => {
    const { lookAtDatabase, fail } = await openLow();
    fail('GetMetricData', fault);
    const { resource, metrics } = await lookAtDatabase('disk', 'database-storage-low');
    const unread = { known: false, why: expect.stringMatching(why) as string };
    expect(resource.freeStorageHours).toEqual(unread);
    expect(new Set(metrics.map(({ series }) => series.known))).toEqual(new Set([false]));
    expect(metrics[0]?.series).toEqual(unread);
  });

  it('has no price where the price list may not be read, and is looked at all the same', async () => {
    const { lookAtDatabase, measured, fail } = await openLow();
    measured('AWS/RDS FreeStorageSpace', { DBInstanceIdentifier: 'orders' }, () => 9 * GIB);
    fail('GetProducts');
    const { resource } = await lookAtDatabase('disk', 'database-storage-low');
    expect(resource.facts.evidence.prices).toMatchObject({ known: false });
    expect(resource.freeStorageHours.known).toBe(true);
  });

  it('is not asked about where it grows by itself', async () => {
    const { home, addAlarm, lookAtDatabase, tally } = await open();
    home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-postgresql' });
    const member = { DBInstanceIdentifier: 'carts-1', DBClusterIdentifier: 'carts', Engine: 'aurora-postgresql' };
    home.rds.addInstance(member);
    addAlarm('disk', { Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'carts-1' }] });
    const { resource } = await lookAtDatabase('disk', 'database-storage-low');
    expect(resource.freeStorageHours.known).toBe(false);
    expect(tally()).toEqual({ 'cloudwatch:GetMetricData': 1 });
  });

  it('is looked at with others of its scope in one question for metrics, and one for events', async () => {
    const { home, scope, reader, addAlarm, want, measured, now, sandbox, tally } = await open();
    const names = Array.from({ length: 12 }, (_, index) => `db-${index}`);
    for (const [index, name] of names.entries()) {
      home.rds.addInstance({ DBInstanceIdentifier: name });
      addAlarm(name, { Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }] });
      measured('AWS/RDS FreeStorageSpace', { DBInstanceIdentifier: name }, () => index * GIB);
    }
    const wanted = await Promise.all(names.map((name) => want(name, 'database-storage-low')));
    sandbox.calls.clear();
    const looked = await reader.look(scope, wanted, now);
    expect(looked.map(({ resource }) => resource.facts.name)).toEqual(names);
    expect(looked.map(({ metrics }) => valuesOf(metrics, 'FreeStorageSpace')?.at(-1))).toEqual(names.map((_, n) => n));
    expect(tally()).toEqual({ 'cloudwatch:GetMetricData': 1, 'rds:DescribeEvents': 1 });
    const seen = wanted.map((one, index) => ({ ...one, ...looked[index]! }));
    expect((await reader.evidence(scope, seen, now)).map(({ metrics }) => metrics)).toEqual(
      looked.map(({ metrics }) => metrics),
    );
    expect(tally()).toMatchObject({ 'cloudwatch:GetMetricData': 1, 'pricing:GetProducts': 1 });
  });
});

describe('a database that is saturated', () => {
  async function openSaturated(seed: object = {}) {
    const opened = await open();
    const database = { DBInstanceIdentifier: 'orders', Engine: 'postgres', DBInstanceClass: 'db.m6g.large', ...seed };
    opened.home.rds.addInstance(database);
    opened.addAlarm('cpu', { MetricName: 'CPUUtilization', Threshold: 90, ComparisonOperator: 'GreaterThanThreshold' });
    return opened;
  }

  it('may have the next larger class of its family, at its price', async () => {
    const { lookAtDatabase, tally } = await openSaturated();
    const { resource } = await lookAtDatabase('cpu', 'database-saturated');
    expect(resource.classUp).toMatchObject({
      known: true,
      value: { from: 'db.m6g.large', to: 'db.m6g.xlarge', monthlyMore: { known: true, value: { currency: 'USD' } } },
    });
    expect(tally()).toMatchObject({ 'cloudwatch:GetMetricData': 1 });
    expect(tally()).not.toHaveProperty('rds:DescribeEvents');
  });

  it('shows three hours in steps of five minutes, in units for people', async () => {
    const { lookAtDatabase, measured } = await openSaturated({ PerformanceInsightsEnabled: true });
    const dimensions = { DBInstanceIdentifier: 'orders' };
    measured('AWS/RDS CPUUtilization', dimensions, (ago) => (ago <= 15 ? 97 : 40));
    measured('AWS/RDS FreeableMemory', dimensions, () => GIB / 2);
    measured('AWS/RDS ReadLatency', dimensions, () => 0.025);
    measured('AWS/RDS DBLoad', dimensions, (ago) => (ago > 60 ? undefined : 3));
    const { metrics, resource } = await lookAtDatabase('cpu', 'database-saturated');
    expect(metrics[0]).toMatchObject({ what: 'CPU', unit: '%', series: { value: { stepSeconds: 300 } } });
    expect(valuesOf(metrics, 'CPUUtilization')).toEqual([...new Array(33).fill(40), 97, 97, 97]);
    expect(valuesOf(metrics, 'FreeableMemory')?.at(-1)).toBe(0.5);
    expect(valuesOf(metrics, 'ReadLatency')?.at(-1)).toBe(25);
    expect(valuesOf(metrics, 'DBLoad')).toEqual([...new Array(24).fill(undefined), ...new Array(12).fill(3)]);
    expect(resource.performanceInsights).toBe('on');
  });

  it('says how far its replicas are behind, and which nobody can tell of', async () => {
    const { lookAtDatabase, measured } = await openSaturated({
      ReadReplicaDBInstanceIdentifiers: ['r1', 'r2', 'arn:aws:rds:eu-west-1:123456789012:db:r3'],
    });
    measured('AWS/RDS ReplicaLag', { DBInstanceIdentifier: 'r1' }, (ago) => Math.round(ago));
    const { resource } = await lookAtDatabase('cpu', 'database-saturated');
    expect(resource.replicas).toEqual([
      { name: 'r1', lagSeconds: { known: true, value: 5 } },
      { name: 'r2', lagSeconds: { known: false, why: 'it was not measured in these hours' } },
      { name: 'r3', lagSeconds: { known: false, why: 'it is measured in eu-west-1' } },
    ]);
  });

  it('has no larger class that is known where AWS does not say what it offers', async () => {
    const { lookAtDatabase, fail } = await openSaturated();
    fail('DescribeOrderableDBInstanceOptions');
    const { resource } = await lookAtDatabase('cpu', 'database-saturated');
    expect(resource.classUp).toEqual({
      known: false,
      why: expect.stringMatching(/^may not read what AWS offers: /) as string,
    });
  });

  it('of a cluster shows the metrics of its members in the role of the alarm', async () => {
    const { home, addAlarm, measured, lookAtDatabase } = await open();
    home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-postgresql' });
    for (const DBInstanceIdentifier of ['carts-1', 'carts-2']) {
      home.rds.addInstance({ DBInstanceIdentifier, DBClusterIdentifier: 'carts', Engine: 'aurora-postgresql' });
    }
    const dimensions = { DBClusterIdentifier: 'carts', Role: 'WRITER' };
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    addAlarm('cpu', { MetricName: 'CPUUtilization', Dimensions, ComparisonOperator: 'GreaterThanThreshold' });
    measured('AWS/RDS SwapUsage', dimensions, () => 3 * 1024 ** 2);
    measured('AWS/RDS AuroraReplicaLag', { DBInstanceIdentifier: 'carts-2' }, () => 1500);
    const { metrics, resource } = await lookAtDatabase('cpu', 'database-saturated');
    expect(valuesOf(metrics, 'SwapUsage')?.at(-1)).toBe(3);
    expect(resource.replicas).toEqual([{ name: 'carts-2', lagSeconds: { known: true, value: 1.5 } }]);
    expect(resource.classUp).toEqual({ known: false, why: 'its runbook does not ask for it' });
  });
});

describe('an instance that is unwell', () => {
  it('says of its checks what EC2 says, and what AWS has scheduled', async () => {
    const { home, id, lookAtInstance, tally, now } = await openUnwell();
    home.ec2.impairments.set(id, [{ check: 'instance', since: now, until: 'reboot' }]);
    home.ec2.scheduledEvents.set(id, [
      { Code: 'instance-retirement', NotBefore: new Date('2026-11-30T00:00:00Z'), Description: 'to be retired' },
      { Code: 'system-reboot', NotBefore: new Date('2026-10-01T00:00:00Z'), Description: '[Completed] rebooted' },
    ]);
    const { resource, metrics } = await lookAtInstance('web', 'instance-unwell');
    expect(resource).toMatchObject({
      systemStatus: { known: true, value: 'ok' },
      instanceStatus: { known: true, value: 'impaired' },
      scheduledEvents: ['instance-retirement, not before 2026-11-30T00:00:00.000Z'],
      instanceStore: { known: false },
      stopProtection: { known: false },
    });
    expect(metrics[0]).toMatchObject({ what: 'failed system checks' });
    expect(tally()).toEqual({ 'cloudwatch:GetMetricData': 1, 'ec2:DescribeInstanceStatus': 1 });
  });

  it.each<[string, Parameters<typeof openUnwell>[0], true | undefined]>([
    ['on, as AWS has it for every instance', {}, true],
    ['off', { MaintenanceOptions: { AutoRecovery: 'disabled' } }, undefined],
    [
      'not there on bare metal',
      { MaintenanceOptions: { AutoRecovery: 'default' }, InstanceType: 'm5.metal' },
      undefined,
    ],
  ])('says since when its host fails, and that its automatic recovery is %s', async (_, seed, recoversItself) => {
    const { home, id, lookAtInstance, now } = await openUnwell(seed);
    home.ec2.impairments.set(id, [{ check: 'system', since: now, until: 'start' }]);
    const { resource } = await lookAtInstance('web', 'instance-unwell');
    expect(resource.systemImpairedSince).toEqual(now);
    expect(resource.recoversItself).toBe(recoversItself);
  });

  it('says whether its volumes are reachable', async () => {
    const { home, id, lookAtInstance, now } = await openUnwell();
    home.ec2.impairments.set(id, [{ check: 'attached-ebs', since: now, until: 'never' }]);
    const { resource } = await lookAtInstance('web', 'instance-unwell');
    expect(resource).toMatchObject({
      instanceStatus: { known: true, value: 'ok' },
      attachedEbsStatus: { known: true, value: 'impaired' },
    });
  });

  it('is asked what a stop would lose only where it may be moved', async () => {
    const { home, id, lookAtInstance, tally, now } = await openUnwell({ DisableApiStop: true });
    home.ec2.impairments.set(id, [{ check: 'system', since: now, until: 'start' }]);
    const { resource } = await lookAtInstance('web', 'instance-unwell');
    expect(resource).toMatchObject({
      systemStatus: { known: true, value: 'impaired' },
      instanceStore: { known: true, value: false },
      stopProtection: { known: true, value: true },
    });
    expect(tally()).toEqual({
      'cloudwatch:GetMetricData': 1,
      'ec2:DescribeInstanceStatus': 1,
      'ec2:DescribeInstanceTypes': 1,
      'ec2:DescribeInstanceAttribute': 1,
    });
  });

  it('is not asked where its address would be lost anyway', async () => {
    const { home, id, lookAtInstance, tally, now } = await openUnwell({ publicIp: 'amazon' });
    home.ec2.impairments.set(id, [{ check: 'system', since: now, until: 'start' }]);
    await lookAtInstance('web', 'instance-unwell');
    expect(tally()).not.toHaveProperty('ec2:DescribeInstanceAttribute');
  });

  it.each<[string, object, RegExp]>([['stopped', { State: { Name: 'stopped' } }, /^EC2 has no status checks of it$/]])(
    'has unknown checks while it is %s',
    async (_, seed, why) => {
      const { lookAtInstance } = await openUnwell(seed);
      const { resource } = await lookAtInstance('web', 'instance-unwell');
      expect(resource.systemStatus).toEqual({ known: false, why: expect.stringMatching(why) as string });
    },
  );

  it.each([
    ['DescribeInstanceStatus', 'systemStatus'],
    ['DescribeInstanceTypes', 'instanceStore'],
    ['DescribeInstanceAttribute', 'stopProtection'],
  ] as const)('has something unknown where %s is denied', async (operation, what) => {
    const { home, id, lookAtInstance, fail, now } = await openUnwell();
    home.ec2.impairments.set(id, [{ check: 'system', since: now, until: 'start' }]);
    fail(operation);
    const { resource } = await lookAtInstance('web', 'instance-unwell');
    expect(resource[what]).toEqual({ known: false, why: expect.stringMatching(/^may not read /) as string });
  });
});

describe('an instance without CPU credits', () => {
  it.each(['standard', 'unlimited'] as const)('has the credit mode %s', async (mode) => {
    const { home, id, lookAtInstance, tally } = await openUnwell({ InstanceType: 't3.large' });
    home.ec2.cpuCredits.set(id, mode);
    const { resource } = await lookAtInstance('web', 'credits-exhausted');
    expect(resource.credits).toEqual({ known: true, value: mode });
    if (mode === 'standard') {
      expect(resource.typeUp).toEqual({ known: false, why: 'its runbook does not ask for it' });
      expect(tally()).toEqual({ 'cloudwatch:GetMetricData': 1, 'ec2:DescribeInstanceCreditSpecifications': 1 });
    } else {
      expect(resource.typeUp).toMatchObject({
        known: true,
        value: { from: 't3.large', to: 't3.xlarge', monthlyMore: { known: true } },
      });
      expect(resource).toMatchObject({ instanceStore: { known: true }, stopProtection: { known: true } });
    }
  });

  it('has none where it is not burstable, and nobody is asked', async () => {
    const { lookAtInstance, tally } = await openUnwell();
    const { resource } = await lookAtInstance('web', 'credits-exhausted');
    expect(resource.credits).toBeUndefined();
    expect(tally()).toEqual({ 'cloudwatch:GetMetricData': 1 });
  });

  it('has an unknown mode where that may not be read', async () => {
    const { lookAtInstance, fail } = await openUnwell({ InstanceType: 't3.large' });
    fail('DescribeInstanceCreditSpecifications');
    const { resource } = await lookAtInstance('web', 'credits-exhausted');
    expect(resource.credits).toMatchObject({ known: false });
    expect(resource.typeUp).toMatchObject({ known: false });
  });
});

describe('the evidence', () => {
  it('of the CloudWatch agent has the dimensions of the alarm', async () => {
    const { home, addAlarm, measured, look } = await open();
    const { InstanceId: id } = home.ec2.addInstance({});
    const dimensions = { InstanceId: id, path: '/data', device: 'nvme1n1', fstype: 'xfs' };
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    addAlarm('disk', { Namespace: 'CWAgent', MetricName: 'disk_used_percent', Dimensions });
    measured('CWAgent disk_used_percent', dimensions, () => 93);
    const { metrics } = await look('disk', 'host-evidence');
    expect(metrics.map(({ what, unit }) => [what, unit])).toEqual([
      ['disk used', '%'],
      ['CPU', '%'],
    ]);
    expect(valuesOf(metrics, 'disk_used_percent')?.at(-1)).toBe(93);
  });

  it('of an idle alarm is of a whole day', async () => {
    const { home, addAlarm, measured, look } = await open();
    const { InstanceId: id } = home.ec2.addInstance({});
    addAlarm('idle', {
      Namespace: 'AWS/EC2',
      MetricName: 'NetworkOut',
      Dimensions: [{ Name: 'InstanceId', Value: id }],
    });
    measured('AWS/EC2 NetworkOut', { InstanceId: id }, () => 1024 ** 2);
    const { metrics } = await look('idle', 'idle-alarm');
    expect(valuesOf(metrics, 'NetworkOut')).toEqual(new Array(48).fill(1));
    expect(metrics.map(({ metric }) => metric.name)).toEqual(['NetworkOut', 'CPUUtilization', 'NetworkIn']);
  });

  it('of an expression is each of its metrics, and one of another account is unknown', async () => {
    const { home, scope, addAlarm, measured, want, reader, now } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    addAlarm('io', { MetricName: 'ReadIOPS' });
    measured('AWS/RDS ReadIOPS', { DBInstanceIdentifier: 'orders' }, () => 700);
    const wanted = await want('io', 'replica-lag');
    const dimensions = { DBInstanceIdentifier: 'orders' };
    const metrics = [
      { namespace: 'AWS/RDS', name: 'ReadIOPS', dimensions },
      { namespace: 'AWS/RDS', name: 'WriteIOPS', dimensions, account: '210987654321' },
    ];
    const alarm = { ...wanted.alarm, watches: { kind: 'metric', metrics, expression: 'm1 + m2' } } as const;
    const [looked] = await reader.look(scope, [{ ...wanted, alarm }], now);
    const [shown] = await reader.evidence(scope, [{ ...wanted, alarm, ...looked! }], now);
    expect(valuesOf(shown?.metrics ?? [], 'ReadIOPS')?.at(-1)).toBe(700);
    expect(valuesOf(shown?.metrics ?? [], 'WriteIOPS')).toBe('it is measured in the account 210987654321');
  });

  it('has a metric that nobody knows under its own name', async () => {
    const { home, addAlarm, measured, look } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    addAlarm('odd', { MetricName: 'MaximumUsedTransactionIDs', Statistic: 'Maximum' });
    measured('AWS/RDS MaximumUsedTransactionIDs', { DBInstanceIdentifier: 'orders' }, () => 2e9);
    const { metrics } = await look('odd', 'database-saturated');
    expect(metrics[0]).toMatchObject({ what: 'MaximumUsedTransactionIDs', unit: '' });
    expect(valuesOf(metrics, 'MaximumUsedTransactionIDs')?.at(-1)).toBe(2e9);
  });
});

describe('what happened before', () => {
  const DEPLOYER: Actor = { type: 'AssumedRole', role: 'ci', session: 'release-42' };
  const KIM: Actor = { type: 'AssumedRole', role: 'sre', session: 'kim' };

  async function openHour() {
    const opened = await open();
    const { home, scope, reader, ago } = opened;
    const record = (
      name: string,
      { source = 'rds.amazonaws.com', actor = KIM, of = ['orders'], minutes = 30, ...more } = {} as {
        source?: string;
        actor?: Actor;
        of?: readonly string[];
        minutes?: number;
        readOnly?: boolean;
        errorCode?: string;
      },
    ) =>
      home.cloudTrail.record({
        at: ago(minutes),
        name,
        source,
        actor,
        resources: of.map((one) => ({ type: 'AWS::RDS::DBInstance', name: one })),
        ...more,
      });
    const resource = { arn: `arn:aws:rds:${scope.region}:${scope.account}:db:orders` };
    const happenings = () => reader.happenings(scope, resource, { from: ago(70), to: ago(10) });
    return { ...opened, record, happenings };
  }

  it('is who changed the resource, and what was deployed beside it', async () => {
    const { record, happenings, ago } = await openHour();
    record('ModifyDBInstance', { minutes: 40 });
    record('RebootDBInstance', { minutes: 35, actor: { type: 'AWSService', service: 'rds.amazonaws.com' } });
    const carryOut: Actor = { type: 'AssumedRole', role: 'lamplighter-act', session: 'lamplighter-carry-out' };
    record('StartDBInstance', { minutes: 30, actor: carryOut });
    record('CreateDeployment', { minutes: 25, source: 'codedeploy.amazonaws.com', actor: DEPLOYER, of: ['shop'] });
    record('UpdateService', { minutes: 20, source: 'ecs.amazonaws.com', actor: DEPLOYER, of: [] });
    expect(await happenings()).toEqual({
      known: true,
      value: [
        { at: ago(20), what: 'UpdateService by release-42 (role ci)', by: 'a deployment' },
        { at: ago(25), what: 'CreateDeployment of shop by release-42 (role ci)', by: 'a deployment' },
        { at: ago(30), what: 'StartDBInstance by lamplighter-carry-out (role lamplighter-act)', by: 'us' },
        { at: ago(35), what: 'RebootDBInstance by rds.amazonaws.com', by: 'AWS' },
        { at: ago(40), what: 'ModifyDBInstance by kim (role sre)', by: 'a person' },
      ],
    });
  });

  it('is not what only read, failed, was elsewhere or at another time, or only sounds like a deployment', async () => {
    const { record, happenings } = await openHour();
    record('DescribeDBInstances', { readOnly: true });
    record('ModifyDBInstance', { errorCode: 'AccessDenied' });
    record('ModifyDBInstance', { of: ['carts'] });
    record('ModifyDBInstance', { minutes: 75 });
    record('CreateDeployment', { source: 'apigateway.amazonaws.com', of: [] });
    expect(await happenings()).toEqual({ known: true, value: [] });
  });

  it('of an instance is found by its id', async () => {
    const { record, reader, scope, ago } = await openHour();
    record('RebootInstances', { source: 'ec2.amazonaws.com', of: ['i-0abc'] });
    const resource = { arn: `arn:aws:ec2:${scope.region}:${scope.account}:instance/i-0abc` };
    expect(await reader.happenings(scope, resource, { from: ago(70), to: ago(10) })).toMatchObject({
      value: [{ what: 'RebootInstances by kim (role sre)' }],
    });
  });

  it('is unknown where CloudTrail may not be asked', async () => {
    const { happenings, fail } = await openHour();
    fail('LookupEvents');
    expect(await happenings()).toEqual({
      known: false,
      why: expect.stringMatching(/^CloudTrail does not answer: /) as string,
    });
  });

  it('is unknown where nothing was found in as much as was read, and there is more', async () => {
    const { record, happenings } = await openHour();
    for (let n = 0; n < 500; n += 1) record('DescribeDBInstances', { readOnly: true });
    expect(await happenings()).toEqual({ known: false, why: 'CloudTrail has more of it than was read' });
  });
});

describe('what loads a database', () => {
  const WAITS = [
    { name: 'IO:DataFileRead', type: 'IO', load: 1.25 },
    { name: 'CPU', type: 'CPU', load: 6.5 },
    ...[1, 2, 3, 4].map((n) => ({ name: `Lock:${n}`, type: 'Lock', load: n / 10 })),
  ];
  const STATEMENTS = [
    { id: '1D2C3B4A5F', statement: 'SELECT *\n FROM orders WHERE id = ?', load: 5 },
    { id: '9F8E7D6C5B', statement: "ALTER USER app PASSWORD 'hunter2'", load: 0.5 },
  ];

  async function openCounted(seed: object = {}) {
    const opened = await open();
    const { home, reader, scope, ago, now } = opened;
    const Engine = 'postgres';
    const stored = home.rds.addInstance({
      DBInstanceIdentifier: 'orders',
      Engine,
      PerformanceInsightsEnabled: true,
      ...seed,
    });
    const resourceId = stored.DbiResourceId ?? '';
    home.performanceInsights.loads.set(resourceId, { waits: WAITS, statements: STATEMENTS });
    const counted = { name: 'orders', resourceId, engine: Engine };
    return { ...opened, stored, topLoad: () => reader.topLoad(scope, counted, { from: ago(60), to: now }) };
  }

  it('is its top waits, and its top statements without what may be secret, in two calls', async () => {
    const { topLoad, tally } = await openCounted();
    expect(await topLoad()).toEqual({
      of: 'orders',
      waits: {
        known: true,
        value: [
          { what: 'CPU', sessions: 6.5 },
          { what: 'IO:DataFileRead', sessions: 1.25 },
          { what: 'Lock:4', sessions: 0.4 },
          { what: 'Lock:3', sessions: 0.3 },
          { what: 'Lock:2', sessions: 0.2 },
        ],
      },
      statements: {
        known: true,
        value: [
          { what: 'SELECT * FROM orders WHERE id = ?', sessions: 5 },
          { what: 'ALTER USER ... (digest 9F8E7D6C)', sessions: 0.5 },
        ],
      },
    });
    expect(tally()).toEqual({ 'pi:DescribeDimensionKeys': 2 });
  });

  it.each<[string, Fault, RegExp]>([
    ['may not be read', 'accessDenied', /^may not read the load of the database: AccessDeniedException$/],
    ['was asked for too often', 'throttle', /^could not read the load of the database: Throttling/],
  ])('is unknown where it %s, which is not off', async (_, fault, why) => {
    const { topLoad, fail } = await openCounted();
    fail('DescribeDimensionKeys', fault);
    const unread = { known: false, why: expect.stringMatching(why) as string };
    expect(await topLoad()).toEqual({ of: 'orders', waits: unread, statements: unread });
  });

  it('is unknown where Performance Insights has none of it', async () => {
    const { topLoad, stored } = await openCounted();
    stored.PerformanceInsightsEnabled = false;
    expect(await topLoad()).toMatchObject({
      waits: { known: false, why: expect.stringContaining('class or engine is not supported') as string },
    });
  });

  it('is unknown where the account lets nobody in', async () => {
    const { scope, now, ago } = await openCounted();
    const shut = async () => Promise.reject(new AccessDeniedError('cannot assume the role', new Error('no')));
    const market = {} as Parameters<typeof awsRemediation>[1];
    const counted = { name: 'orders', resourceId: 'db-1', engine: 'postgres' };
    const unread = { known: false, why: 'cannot assume the role: Error' };
    expect(await awsRemediation(shut, market, HASTY).topLoad(scope, counted, { from: ago(60), to: now })).toEqual({
      of: 'orders',
      waits: unread,
      statements: unread,
    });
  });
});

describe('calls', () => {
  it.each<[RunbookId, string, number]>([
    ['database-storage-low', 'cpu', 4],
    ['database-saturated', 'cpu', 2],
    ['replica-lag', 'cpu', 2],
    ['instance-unwell', 'status', 3],
    ['credits-exhausted', 'status', 2],
    ['host-evidence', 'status', 2],
    ['idle-alarm', 'status', 3],
  ])('of %s are few until it is decided, once offers are remembered', async (runbook, alarm, most) => {
    const { home, addAlarm, want, reader, scope, now, sandbox } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders', DBInstanceClass: 'db.m6g.large' });
    const { InstanceId: id } = home.ec2.addInstance({ InstanceType: 'm5.large' });
    addAlarm('cpu', { MetricName: 'CPUUtilization' });
    addAlarm('status', { Namespace: 'AWS/EC2', Dimensions: [{ Name: 'InstanceId', Value: id }] });
    const ask = async () => reader.look(scope, [await want(alarm, runbook)], now);
    await ask();
    sandbox.calls.clear();
    await ask();
    expect([...sandbox.calls.tally().values()].reduce((sum, count) => sum + count, 0)).toBe(most);
  });
});
