import { formatMoney } from '../money.ts';
import type { SnapshotCost } from './cost.ts';
import type { Coverage, Shown } from './coverage.ts';
import type { ProtectionLine } from './protections.ts';

/** `automated snapshot, 5 h old` */
export const newestText = (newest: Shown | undefined): string =>
  newest ? `${newest.type} snapshot, ${ageText(newest.ageHours)} old` : 'NOTHING';

/** `5 h`, `3 days` */
const ageText = (hours: number): string => (hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`);

export const provenText = ({ proven }: Pick<Coverage, 'proven'>): string =>
  proven
    ? `a restore of ${proven.takenAt.slice(0, 10)} worked on ${proven.at.slice(0, 10)}`
    : 'never restored to prove it';

/** `$12.00, 3 of unknown cost not counted` */
export const moneyOf = ({ atMost, unknown }: SnapshotCost): string =>
  `${atMost.map(formatMoney).join(' and ') || 'nothing that is known'}${unknown > 0 ? `, ${unknown} of unknown cost not counted` : ''}`;

/** `sessions (DynamoDB) in eu-west-1: nothing` */
export function describeProtection({ name, service, scope, has, state, unknown }: ProtectionLine): string {
  const what = has.map(({ by, days, newest }) => {
    const details = [
      ...(days === undefined ? [] : [`${days} days`]),
      ...(newest ? [`newest ${newest.slice(0, 16)}Z`] : []),
    ];
    return details.length > 0 ? `${by} (${details.join(', ')})` : by;
  });
  const lacking = state === 'nothing' ? ['NOTHING'] : unknown.map((why) => `unknown, ${why}`);
  return `${name} (${service}) in ${scope.region}: ${[...what, ...lacking].join(', ')}`;
}

/** Those with nothing first, then those beyond their objective, then by name. */
export const inNeed = (a: Coverage, b: Coverage): number =>
  need(a) - need(b) || (a.database.arn < b.database.arn ? -1 : 1);

const need = ({ newest, rpoBreach }: Coverage): number => (newest ? (rpoBreach ? 1 : 2) : 0);
