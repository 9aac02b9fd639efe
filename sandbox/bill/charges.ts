import type { BillLine } from '../estate/billing.ts';
import { dayNumber } from '../estate/days.ts';
import { once, onDay } from './shapes.ts';
import { EC2 } from './shop-costs.ts';

const fee = { usageType: 'NoUsageType', region: 'NoRegion', arrives: 'fee' } as const;

/** A year of reserved instances, paid at its beginning. */
const RESERVATION = { dollars: 2_920, bought: dayNumber('2026-03-10'), days: 365 } as const;

/** Credits for the move to AWS, which are used up in the end. */
const CREDITS = { dollars: 45, lastDay: dayNumber('2026-07-19') } as const;

/** What is on the bill besides usage: it says nothing about what is used. */
export const chargesTo = (account: string): BillLine[] => [
  { ...fee, account, service: 'AWS Support (Business)', recordType: 'Support', unblended: onDay(1)(780, 0) },
  { ...fee, account, service: 'Tax', recordType: 'Tax', unblended: onDay(1)(2_140, 0) },
  {
    ...fee,
    account,
    service: EC2,
    recordType: 'Upfront',
    usageType: 'APN2-HeavyUsage:c6i.xlarge',
    region: 'ap-northeast-2',
    unblended: once(RESERVATION.bought)(RESERVATION.dollars, 0),
    amortized: (day) =>
      day >= RESERVATION.bought && day < RESERVATION.bought + RESERVATION.days
        ? RESERVATION.dollars / RESERVATION.days
        : undefined,
  },
  {
    ...fee,
    account,
    service: EC2,
    recordType: 'Credit',
    unblended: (day) => (day <= CREDITS.lastDay ? -CREDITS.dollars : undefined),
  },
  { ...fee, account, service: EC2, recordType: 'Refund', unblended: once(dayNumber('2026-09-03'))(-164.2, 0) },
];
