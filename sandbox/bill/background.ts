import { DAY, HOUR } from '../clock.ts';
import type { Account } from '../estate/account.ts';
import type { Actor } from '../estate/cloud-trail-state.ts';
import type { DayNumber } from '../estate/days.ts';
import type { Dice } from '../fleet/dice.ts';

const SCALER: Actor = { type: 'AssumedRole', role: 'AWSServiceRoleForAutoScaling', session: 'AutoScaling' };
const RDS: Actor = { type: 'AWSService', service: 'rds.amazonaws.com' };

/** What CloudTrail has of every day: the scaling of the storefront, the nightly snapshot. Nobody is to blame for it. */
export function recordUsualDays(account: Account, days: readonly DayNumber[], dice: Dice): void {
  const { cloudTrail } = account.region('ap-northeast-2');
  for (const day of days) {
    const at = (hour: number) => new Date(day * DAY + hour * HOUR);
    const instance = { type: 'AWS::EC2::Instance', name: `i-0${dice.hex(16)}` };
    const [ec2, resources] = ['ec2.amazonaws.com', [instance]];
    cloudTrail.record({ at: at(1), name: 'RunInstances', source: ec2, actor: SCALER, resources });
    cloudTrail.record({ at: at(14), name: 'TerminateInstances', source: ec2, actor: SCALER, resources });
    cloudTrail.record({
      at: at(17),
      name: 'CreateDBSnapshot',
      source: 'rds.amazonaws.com',
      actor: RDS,
      resources: [{ type: 'AWS::RDS::DBInstance', name: 'orders' }],
    });
  }
}
