import { DescribeDimensionKeysCommand, type DescribeDimensionKeysCommandInput } from '@aws-sdk/client-pi';
import { describe, expect, it } from 'vitest';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

/** A database that is counted, and a question about its waits. */
function counted(): DescribeDimensionKeysCommandInput {
  const { home, sandbox } = stage;
  const { DbiResourceId: Identifier = '' } = home.rds.addInstance({
    DBInstanceIdentifier: 'orders',
    PerformanceInsightsEnabled: true,
  });
  home.performanceInsights.loads.set(Identifier, {
    waits: [
      { name: 'Lock', type: 'Lock', load: 1 },
      { name: 'CPU', type: 'CPU', load: 3 },
    ],
    statements: [{ id: 'A1', statement: 'SELECT ?', load: 2 }],
  });
  const EndTime = sandbox.clock.now();
  const StartTime = new Date(EndTime.getTime() - 3_600_000);
  return {
    ServiceType: 'RDS',
    Identifier,
    Metric: 'db.load.avg',
    GroupBy: { Group: 'db.wait_event' },
    StartTime,
    EndTime,
  };
}

const ask = (input: DescribeDimensionKeysCommandInput) =>
  stage.clients.performanceInsights.send(new DescribeDimensionKeysCommand(input));

describe('DescribeDimensionKeys', () => {
  it('has those with the most load first', async () => {
    const { Keys } = await ask(counted());
    expect(Keys).toEqual([
      { Dimensions: { 'db.wait_event.name': 'CPU', 'db.wait_event.type': 'CPU' }, Total: 3 },
      { Dimensions: { 'db.wait_event.name': 'Lock', 'db.wait_event.type': 'Lock' }, Total: 1 },
    ]);
  });

  it('has as many as are asked for, of the group that is asked for', async () => {
    const question = counted();
    expect((await ask({ ...question, GroupBy: { Group: 'db.wait_event', Limit: 1 } })).Keys).toHaveLength(1);
    expect((await ask({ ...question, GroupBy: { Group: 'db.sql_tokenized' } })).Keys).toEqual([
      { Dimensions: { 'db.sql_tokenized.id': 'A1', 'db.sql_tokenized.statement': 'SELECT ?' }, Total: 2 },
    ]);
  });

  it.each<[string, Partial<DescribeDimensionKeysCommandInput>, string]>([
    ['a database that is not there', { Identifier: 'db-GONE' }, 'NotAuthorizedException'],
    ['another service', { ServiceType: 'DOCDB' }, 'NotAuthorizedException'],
    ['a metric that is none', { Metric: 'db.cpu' }, 'InvalidArgumentException'],
    ['a group that is none', { GroupBy: { Group: 'db.color' } }, 'InvalidArgumentException'],
    ['a range that ends before it begins', { EndTime: new Date(0) }, 'InvalidArgumentException'],
    ['what is too old', { StartTime: new Date(0) }, 'InvalidArgumentException'],
    ['a period that is none', { PeriodInSeconds: 61 }, 'InvalidArgumentException'],
    ['too many', { MaxResults: 26 }, 'InvalidArgumentException'],
  ])('refuses %s', async (_, spoiled, name) => {
    const question = counted();
    await expect(ask({ ...question, ...spoiled })).rejects.toMatchObject({ name });
  });
});
