import { isOffBetween, onHoursFor } from '../calendar/on-hours.ts';
import type { InstanceFacts, Volume } from '../facts.ts';
import { findingMode, section, since } from '../policy-fields.ts';
import { parseDays } from '../quantity.ts';
import { DAY_MS, daysBefore } from '../time.ts';
import { type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext } from './exempt.ts';
import { controllerOf } from './owner.ts';
import { storageSaving } from './saving.ts';

/**
 * long-stopped-instance
 *   > Say which EC2 instances have been stopped for longer than the window, and what their volumes go on costing. To end
 *   > one cannot be taken back: it is for people to do, with an image of it first.
 *   > Exempt: protected; vetoed; not stopped; owned by a controller; off by its schedule ever since; stopped at a time that EC2
 *   > does not know any more.
 */
export function judgeLongStoppedInstance(instance: InstanceFacts, context: JudgeContext): Judgement {
  const windowDays = parseDays(context.policy.rules['long-stopped-instance'].window);
  const controller = controllerOf(instance);
  const exempt =
    exemptFromAll(instance, context) ??
    (instance.state === 'stopped' ? undefined : `its state is ${instance.state}, not stopped`) ??
    (controller ? `owned by ${controller}` : undefined);
  if (exempt) return leave(exempt);
  const { stoppedAt } = instance;
  if (!stoppedAt) return leaveUnknown('EC2 does not say any more when it was stopped');
  const days = Math.floor((context.now.getTime() - stoppedAt.getTime()) / DAY_MS);
  if (stoppedAt > daysBefore(windowDays, context.now))
    return leave(`stopped ${days} days ago, within the window of ${windowDays} days`);
  const onHours = onHoursFor(instance.tags, context);
  if (!onHours.known) return leaveUnknown(onHours.why);
  if (onHours.value && isOffBetween(onHours.value, stoppedAt, context.now))
    return leave(`its schedule ${onHours.value.schedule} has been off ever since`);

  const { volumes, prices } = instance.evidence;
  if (!volumes) return lacks('volumes');
  if (!volumes.known) return leaveUnknown(`its volumes are unknown: ${volumes.why}`);
  if (!prices) return lacks('prices');
  const saving = storageSaving(volumes.value.map(specOf), prices, ['an image of it']);
  const region = `--region ${instance.scope.region}`;
  const { id } = instance.identity;
  return {
    verdict: 'find',
    kind: 'finding',
    because: `stopped for ${days} days, since ${stoppedAt.toISOString().slice(0, 10)}; its volumes go on being billed`,
    note: 'what is stopped for so long is seldom started again; ended it cannot be, but for its image',
    step: `aws ec2 create-image ${region} --instance-id ${id} --name ${id}-last && aws ec2 wait image-available ${region} --filters Name=name,Values=${id}-last && aws ec2 terminate-instances ${region} --instance-ids ${id}`,
    saving,
  };
}

const specOf = ({ volumeType, sizeGiB, iops, throughputMiBs }: Volume) => ({
  type: volumeType,
  sizeGiB,
  ...(iops === undefined ? {} : { iops }),
  ...(throughputMiBs === undefined ? {} : { throughputMiBs }),
});

/** What can be set of it. */
export const longStoppedInstanceSettings = section({
  mode: findingMode().optional(),
  window: since('It must have been stopped for so long', '30d'),
}).prefault({});

/** As it is registered. */
export const longStoppedInstance = {
  type: 'instance',
  judge: judgeLongStoppedInstance,
  shows: [],
} as const;
