import {
  DescribeEventsCommand,
  type DescribeEventsCommandInput,
  StartDBInstanceCommand,
  StopDBClusterCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

const events = async (input: DescribeEventsCommandInput = { Duration: 20_160 }) =>
  ((await stage.clients.rds.send(new DescribeEventsCommand(input))).Events ?? []).map(
    ({ Message, SourceIdentifier, Date: at }) => `${at?.toISOString().slice(5, 16)} ${SourceIdentifier}: ${Message}`,
  );

const stop = () => stage.clients.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));

const RESTARTED = 'is being started due to it exceeding the maximum allowed time being stopped.';

describe('the events of databases', () => {
  it('tell of stops, of starts, and of the start that AWS makes by itself', async () => {
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    await stop();
    stage.sandbox.clock.advance({ hours: 1 });
    await stage.clients.rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
    stage.sandbox.clock.advance({ hours: 1 });
    await stop();
    stage.sandbox.clock.advance({ days: 8 });
    expect(await events()).toEqual([
      '11-02T00:05 orders: DB instance stopped',
      '11-02T01:06 orders: DB instance started',
      '11-02T02:05 orders: DB instance stopped',
      `11-09T02:00 orders: DB instance ${RESTARTED}`,
      '11-09T02:06 orders: DB instance started',
    ]);
  });

  it('are those of a cluster, not of its members', async () => {
    stage.home.rds.addCluster({ DBClusterIdentifier: 'shop' });
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'shop-1', DBClusterIdentifier: 'shop' });
    await stage.clients.rds.send(new StopDBClusterCommand({ DBClusterIdentifier: 'shop' }));
    stage.sandbox.clock.advance({ days: 8 });
    expect(await events()).toEqual([
      '11-02T00:05 shop: DB cluster stopped',
      `11-09T00:00 shop: DB cluster ${RESTARTED}`,
      '11-09T00:06 shop: DB cluster started',
    ]);
    const source = { SourceIdentifier: 'shop', Duration: 20_160 };
    expect(await events({ ...source, SourceType: 'db-cluster' })).toHaveLength(3);
    expect(await events({ ...source, SourceType: 'db-instance' })).toEqual([]);
  });

  it('are of the last hour unless more is asked for, and are kept for fourteen days', async () => {
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    await stop();
    stage.sandbox.clock.advance({ hours: 1 });
    expect(await events({})).toHaveLength(1);
    stage.sandbox.clock.advance({ hours: 1 });
    expect(await events({})).toHaveLength(0);
    expect(await events({ StartTime: new Date('2026-11-02T00:00:00Z') })).toHaveLength(1);
    expect(await events({ StartTime: new Date('2026-11-02T00:06:00Z') })).toHaveLength(0);
    const tooFar = events({ StartTime: new Date('2026-10-01T00:00:00Z') });
    await expect(tooFar).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('come in pages', async () => {
    const db = stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    for (let n = 0; n < 25; n += 1) stage.home.rds.record(db, 'started');
    const ask = (more: DescribeEventsCommandInput) =>
      stage.clients.rds.send(new DescribeEventsCommand({ MaxRecords: 20, ...more }));
    const first = await ask({});
    const second = await ask({ Marker: first.Marker });
    expect([first.Events?.length, second.Events?.length, second.Marker]).toEqual([20, 5, undefined]);
  });
});
