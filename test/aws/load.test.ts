import { describe, expect, it } from 'vitest';
import { awsLoad } from '../../shared/aws/load.ts';
import type { Machine } from '../../shared/ports-acting.ts';
import { openSandbox } from './support.ts';

const GIB = 1024 ** 3;
const MINUTE = 60_000;

const WEB: Machine = {
  of: 'instance',
  identity: { arn: 'arn:aws:ec2:ap-northeast-2:123456789012:instance/i-1', id: 'i-1' },
  type: 'm5.large',
};
const ORDERS: Machine = {
  of: 'database',
  identity: { arn: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders', id: 'db-ORDERS' },
  type: 'db.m5.large',
};

async function open() {
  const here = await openSandbox();
  const now = here.sandbox.clock.now();
  const put = (name: string, dimensions: Record<string, string>, valueAt: (ago: number) => number | undefined) => {
    const [namespace = '', metric = ''] = name.split(' ');
    here.home.cloudwatch.series({ namespace, metric, dimensions }, function* (periodSeconds, start, end) {
      for (let at = start; at < Math.min(end, now.getTime()); at += periodSeconds * 1000) {
        const value = valueAt((now.getTime() - at) / MINUTE);
        if (value !== undefined) yield { at, value };
      }
    });
  };
  const read = (machine: Machine, minutes = 30) =>
    awsLoad(here.credentialsOf).read(here.scope, machine, {
      from: new Date(now.getTime() - minutes * MINUTE),
      to: now,
    });
  return { ...here, put, read };
}

const instance = { InstanceId: 'i-1' };
const database = { DBInstanceIdentifier: 'orders' };

describe('the load of an instance', () => {
  it('is in samples of five minutes, oldest first, from the range only', async () => {
    const { put, read } = await open();
    put('AWS/EC2 CPUUtilization', instance, (ago) => Math.round(ago));
    put('AWS/EC2 StatusCheckFailed', instance, (ago) => (ago > 15 ? 0 : 1));
    put('CWAgent mem_used_percent', instance, () => 61);
    expect(await read(WEB)).toEqual({
      cpuPercent: { known: true, value: [30, 25, 20, 15, 10, 5] },
      memoryPercent: { known: true, value: [61, 61, 61, 61, 61, 61] },
      failedChecks: { known: true, value: [0, 0, 0, 1, 1, 1] },
    });
  });

  it('has the credits of a burstable type', async () => {
    const { put, read } = await open();
    put('AWS/EC2 CPUUtilization', instance, () => 10);
    put('AWS/EC2 CPUCreditBalance', instance, () => 0.5);
    expect(await read(WEB, 10)).toMatchObject({ credits: { known: true, value: [0.5, 0.5] } });
  });

  it('has the memory under the type that it has now, whatever else the agent adds', async () => {
    const { put, read } = await open();
    put('AWS/EC2 CPUUtilization', instance, () => 10);
    put('CWAgent mem_used_percent', { ...instance, ImageId: 'ami-1', InstanceType: 'm5.xlarge' }, () => 30);
    expect(await read(WEB, 10)).toMatchObject({ memoryPercent: { known: false } });
    put('CWAgent mem_used_percent', { ...instance, ImageId: 'ami-1', InstanceType: 'm5.large' }, () => 62);
    expect(await read(WEB, 10)).toMatchObject({ memoryPercent: { known: true, value: [62, 62] } });
  });

  it('is unknown where there are no samples, or no agent: never nothing', async () => {
    const { put, read } = await open();
    put('AWS/EC2 CPUUtilization', instance, () => undefined);
    expect(await read(WEB)).toEqual({
      cpuPercent: { known: false, why: 'CloudWatch has no samples of it' },
      memoryPercent: { known: false, why: 'no CloudWatch agent measures it' },
      failedChecks: { known: false, why: 'CloudWatch has no samples of it' },
    });
    expect(await read(WEB, 1)).toMatchObject({ cpuPercent: { known: false } });
  });

  it.each(['GetMetricData', 'ListMetrics'])(
    'is unknown when %s is denied, and an outage is thrown',
    async (operation) => {
      const { sandbox, read } = await open();
      sandbox.faults.add({ operation, fault: 'accessDenied', times: 1 });
      expect(await read(WEB)).toMatchObject({ cpuPercent: { known: false, why: expect.stringContaining('Denied') } });
      sandbox.faults.add({ operation, fault: { error: { code: 'Outage', message: 'out of reach', status: 400 } } });
      await expect(read(WEB)).rejects.toThrow('out of reach');
    },
  );
});

describe('the load of a database', () => {
  it('has memory and swap in percent of what its class has', async () => {
    const { put, read } = await open();
    put('AWS/RDS CPUUtilization', database, () => 40);
    put('AWS/RDS FreeableMemory', database, () => 2 * GIB);
    put('AWS/RDS SwapUsage', database, () => 0.4 * GIB);
    expect(await read(ORDERS, 10)).toEqual({
      cpuPercent: { known: true, value: [40, 40] },
      memoryPercent: { known: true, value: [75, 75] },
      swapPercent: { known: true, value: [5, 5] },
    });
  });

  it('has the memory of x2gd under the short name that RDS has for it', async () => {
    const { put, read } = await open();
    put('AWS/RDS FreeableMemory', database, () => 8 * GIB);
    expect(await read({ ...ORDERS, type: 'db.x2g.large' }, 5)).toMatchObject({ memoryPercent: { value: [75] } });
  });

  it('has unknown memory where EC2 does not know the class', async () => {
    const { put, read } = await open();
    put('AWS/RDS CPUUtilization', database, () => 40);
    put('AWS/RDS FreeableMemory', database, () => GIB);
    expect(await read({ ...ORDERS, type: 'db.serverless' }, 10)).toMatchObject({
      cpuPercent: { known: true },
      memoryPercent: { known: false, why: 'EC2 does not know the type serverless' },
    });
  });
});
