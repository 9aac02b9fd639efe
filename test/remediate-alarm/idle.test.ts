import { describe, expect, it } from 'vitest';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { quiet, turned } from '../support/alarmed.ts';
import { ACCOUNT, idleInstance, type Scene } from '../support/carry-out.ts';
import { deliver, openNight } from '../support/remediate-alarm.ts';
import { type Stage, wake as wakeRightSize } from '../support/right-size.ts';

const RIGHT_SIZE = {
  defaults: { mode: 'approve', savings: 'list' },
  rules: { 'idle-instance': { mode: 'approve', cap: { share: '1%', count: 1 } } },
};

/** An alarm says that the instance does nothing. */
async function ringIdle(scene: Scene, { InstanceId: Value }: ReturnType<typeof idleInstance>): Promise<void> {
  const Dimensions = [{ Name: 'InstanceId', Value }];
  quiet(scene, 'idle', {
    Namespace: 'AWS/EC2',
    MetricName: 'CPUUtilization',
    Dimensions,
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 2,
  });
  await deliver(scene, [turned(scene, 'idle')]);
}

const idleIn = ({ hub: { dynamodb: client, table } }: Scene) => dynamoLedger({ client, table }).idleAlarms(ACCOUNT);

describe('what an alarm says does nothing', () => {
  it('is judged first by right-size, before what would save more', async () => {
    const scene = await openNight({ policy: RIGHT_SIZE });
    idleInstance(scene, 'dear', { InstanceType: 'm5.4xlarge' });
    const cheap = idleInstance(scene, 'cheap');
    const named = async (): Promise<string[]> => {
      const plans = await wakeRightSize<Plan[]>(scene as unknown as Stage, {
        mode: 'report',
        rules: ['idle-instance'],
      });
      return plans.flatMap(({ act }) => act.map(({ resource }) => resource.name));
    };
    expect(await named()).toEqual(['dear']);
    await ringIdle(scene, cheap);
    expect(await named()).toEqual(['cheap']);
  });

  it('is forgotten after a day', async () => {
    const scene = await openNight();
    const web = idleInstance(scene, 'web');
    await ringIdle(scene, web);
    expect(await idleIn(scene)).toEqual([expect.stringContaining(web.InstanceId)]);
    await scene.lambda.advance({ hours: 30 });
    quiet(scene, 'other', { Namespace: 'Shop', MetricName: 'p99' });
    await deliver(scene, [turned(scene, 'other')]);
    expect(await idleIn(scene)).toEqual([]);
  });
});
