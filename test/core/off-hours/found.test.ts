import { describe, expect, it } from 'vitest';
import type { DatabaseFacts } from '../../../shared/core/facts.ts';
import { scheduledDatabase, scheduledInstance } from '../../../shared/core/off-hours/found.ts';
import { priceQueries } from '../../../shared/core/price-query.ts';
import { idleCluster, idleDatabase, idleInstance, member } from '../../support/facts-specimen.ts';

describe('an instance under a schedule', () => {
  it('is what EC2 says of it', () => {
    const { identity, name, scope, tags } = idleInstance;
    expect(scheduledInstance(idleInstance)).toEqual({
      type: 'instance',
      identity,
      name,
      scope,
      tags,
      instanceType: 'm5.large',
      what: 'm5.large',
      power: { power: 'running' },
      costs: priceQueries(idleInstance),
    });
  });

  it('on a Dedicated Host is left on', () => {
    expect(scheduledInstance({ ...idleInstance, tenancy: 'host' }).leftBecause).toBe(
      'runs on a Dedicated Host, which is billed whether it runs or not',
    );
  });
});

describe('a database under a schedule', () => {
  it('is what RDS says of it', () => {
    const { identity, name, scope, tags } = idleDatabase;
    expect(scheduledDatabase(idleDatabase)).toEqual({
      type: 'database',
      form: 'instance',
      identity,
      name,
      scope,
      tags,
      what: 'db.r6g.large postgres',
      power: { power: 'running' },
      costs: priceQueries(idleDatabase),
    });
  });

  it.each<[string, Partial<DatabaseFacts>, string]>([
    [
      'has a member that waits for a change',
      { members: [member('carts-1', { pendingModifications: ['DBInstanceClass'] })] },
      'a stop would discard the pending modifications of its member carts-1',
    ],
    ['has no instances', { metricNames: [] }, 'a cluster without instances: there is no compute to stop'],
    ['replicates', { replication: ['a replica of main'] }, 'AWS cannot stop what replicates: a replica of main'],
  ])('is left on when it is a cluster that %s, and may be started all the same', (_, spoiled, leftBecause) => {
    const cluster = { ...idleCluster, ...spoiled };
    expect(scheduledDatabase(cluster).leftBecause).toBe(leftBecause);
    expect(scheduledDatabase({ ...cluster, status: 'stopped' }).leftBecause).toBeUndefined();
  });
});
