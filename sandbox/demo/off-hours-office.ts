import type { Region } from '../estate/account.ts';
import type { StoredInstance } from '../estate/ec2-shapes.ts';
import type { Sandbox } from '../sandbox.ts';

/** An account of the shop's in which people develop, and nobody at night. */
export const ACCOUNT = '666666666666';
const REGION = 'ap-northeast-2';
export const TIMEZONE = 'Asia/Seoul';

export const POLICY = {
  timezone: TIMEZONE,
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  approvers: [{ accounts: '*', principals: ['arn:aws:iam::123456789012:role/sre-*'] }],
  calendars: { seoul: { timezone: TIMEZONE, on: 'Mon-Fri 08:00-21:00', holidays: 'KR' } },
  schedules: {
    office: { calendar: 'seoul', mode: 'auto', order: [['databases'], ['groups'], ['services'], ['instances']] },
  },
};

const TAG = { Key: 'lamplighter:schedule', Value: 'office' };

/** A database, three instances, and a group and a service that scale. */
export function seedOffice(sandbox: Sandbox, externalId: string): void {
  for (const role of ['lamplighter-look', 'lamplighter-act'])
    sandbox.estate.account(ACCOUNT).role(role, { externalId });
  const { ec2, rds, autoscaling, ecs, applicationAutoScaling } = placeIn(sandbox);
  const named = (Value: string) => [{ Key: 'Name', Value }, TAG];
  for (const name of ['web-dev', 'legacy-dev']) ec2.addInstance({ InstanceType: 'm5.xlarge', Tags: named(name) });
  ec2.addInstance({ InstanceType: 'c6i.4xlarge', Tags: named('build-dev') });
  const orders = { DBInstanceIdentifier: 'orders-dev', Engine: 'postgres', DBInstanceClass: 'db.r6g.large' };
  rds.addInstance({ ...orders, TagList: [TAG] });
  const sizes = { MinSize: 2, DesiredCapacity: 3, MaxSize: 6 };
  autoscaling.join(
    autoscaling.addGroup({ AutoScalingGroupName: 'workers-dev', ...sizes, instanceType: 'm5.large', Tags: [TAG] }),
    Array.from({ length: sizes.DesiredCapacity }, () => ec2.addInstance({ InstanceType: 'm5.large' })),
  );
  const tags = [{ key: TAG.Key, value: TAG.Value }];
  ecs.addService({ serviceName: 'api-dev', cluster: 'shop', desiredCount: 2, tags });
  applicationAutoScaling.addTarget({ ResourceId: 'service/shop/api-dev', MinCapacity: 2, MaxCapacity: 4 });
}

/** How large everything is that can be stopped, and whether it runs: `workers-dev 3 (2 to 6)`. */
export function officeIn(sandbox: Sandbox): string[] {
  const { rds, autoscaling, ecs, applicationAutoScaling } = placeIn(sandbox);
  const [target] = applicationAutoScaling.targets.values();
  return [
    ...[...rds.instances.values()].map((one) => `${one.DBInstanceIdentifier} ${one.DBInstanceStatus}`),
    ...[...autoscaling.groups.values()].map(
      (one) => `${one.AutoScalingGroupName} ${one.DesiredCapacity} (${one.MinSize} to ${one.MaxSize})`,
    ),
    ...[...ecs.services.values()].map(
      (one) => `${one.serviceName} ${one.runningCount} (${target?.MinCapacity} to ${target?.MaxCapacity})`,
    ),
    ...NAMES.map((name) => `${name} ${instanceNamed(sandbox, name).State.Name}`),
  ];
}

const NAMES = ['web-dev', 'build-dev', 'legacy-dev'];

export function instanceNamed(sandbox: Sandbox, name: string): StoredInstance {
  const { ec2 } = placeIn(sandbox);
  const found = [...ec2.instances.values()].find(({ Tags }) => Tags.some(({ Value }) => Value === name));
  if (!found) throw new Error(`no instance is called ${name}`);
  return found;
}

export const arnOf = ({ InstanceId }: StoredInstance): string =>
  `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${InstanceId}`;

const placeIn = (sandbox: Sandbox): Region => sandbox.estate.account(ACCOUNT).region(REGION);
