import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Lifetime } from '../series.ts';
import type { Demand } from './demand.ts';
import { type Meter, meteredSeries } from './metered.ts';
import { instancePlace, memoryPercent, meterOf, swapPercent } from './meters.ts';
import type { Plot } from './plot.ts';
import type { Surge } from './surge.ts';

interface Measured {
  readonly demand: Demand;
  readonly surge: Surge;
  readonly life: Lifetime;
}

/**
 * Memory as the CloudWatch agent sends it, under the dimensions that its configuration appends: the id alone, or image
 * and type as well. Under the latter an instance that changes its type has other metrics from then on.
 */
export function runAgent({ region, dice }: Plot<'instance'>, instance: StoredInstance, measured: Measured): void {
  const { cloudwatch, ec2 } = region;
  const { demand, surge, life } = measured;
  const { InstanceId, ImageId = '' } = instance;
  const place = instancePlace(ec2, instance);
  const send = (dimensions: Record<string, string>, measures: Meter['measures'] = () => true) => {
    for (const [metric, reading] of [
      ['mem_used_percent', memoryPercent],
      ['swap_used_percent', swapPercent],
    ] as const) {
      const meter = { ...meterOf(place, surge, reading), measures };
      cloudwatch.series({ namespace: 'CWAgent', metric, dimensions }, meteredSeries(demand.memoryMib, meter, life));
    }
  };
  if (dice.chance(0.5)) {
    send({ InstanceId });
    return;
  }
  const sendUnderType = () => {
    const { InstanceType } = instance;
    send({ InstanceId, ImageId, InstanceType }, (at) => place.machineAt(at).type === InstanceType);
  };
  sendUnderType();
  ec2.types.watch(InstanceId, sendUnderType);
}
