import { describe, expect, it } from 'vitest';
import { awsChoice } from '../../shared/aws/choice.ts';
import type { DatabaseFacts, InstanceFacts } from '../../shared/core/facts.ts';
import { idleDatabase, idleInstance } from '../support/facts-specimen.ts';
import { openSandbox } from './support.ts';

async function open() {
  const here = await openSandbox();
  const names = async (machine: InstanceFacts | DatabaseFacts, types: readonly string[]) => {
    const choice = await awsChoice(here.credentialsOf).read(here.scope, machine, types);
    return choice.known ? choice.value.map(({ name }) => name).sort() : choice.why;
  };
  return { ...here, names };
}

/** An m5.large in the first zone of the region. */
const web: InstanceFacts = { ...idleInstance, instanceType: 'm5.xlarge' };
const orders: DatabaseFacts = { ...idleDatabase, classes: ['db.r6g.xlarge'] };

describe('what a machine may become', () => {
  it('is what its zone offers, and what it is already', async () => {
    const { home, names } = await open();
    const machine = { ...web, hardware: { ...web.hardware, zone: `${home.name}a` } };
    expect(await names(machine, ['m5.xlarge', 'm5.large'])).toEqual(['m5.large', 'm5.xlarge']);
    home.ec2.notOffered.add(`m5.large@${home.name}a`).add(`m5.xlarge@${home.name}a`);
    expect(await names(machine, ['m5.xlarge', 'm5.large'])).toEqual(['m5.xlarge']);
  });

  it('is what can be ordered for the engine, and its class already', async () => {
    const { home, names } = await open();
    const database = home.rds.addInstance({ DBInstanceIdentifier: 'orders', Engine: 'postgres' });
    const machine = { ...orders, engineVersion: database.EngineVersion ?? '', zones: [`${home.name}a`] };
    expect(await names(machine, ['db.r6g.xlarge', 'db.r6g.large'])).toEqual(['db.r6g.large', 'db.r6g.xlarge']);
    expect(await names(machine, ['db.r6g.xlarge', 'db.nothing.large'])).toEqual(['db.r6g.xlarge']);
  });

  it('is unknown when it may not be read', async () => {
    const { sandbox, names } = await open();
    sandbox.faults.add({ operation: 'DescribeInstanceTypeOfferings', fault: 'accessDenied' });
    expect(await names(web, ['m5.xlarge'])).toBe('UnauthorizedOperation');
  });
});
