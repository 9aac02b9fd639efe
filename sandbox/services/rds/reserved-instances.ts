import type { DescribeReservedDBInstancesMessage, ReservedDBInstanceMessage } from '@aws-sdk/client-rds';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { rdsPage } from './listing.ts';

/** What was reserved, lapsed reservations included. */
export const describeReservedDBInstances: Operation<DescribeReservedDBInstancesMessage, ReservedDBInstanceMessage> = (
  input,
  { region: { rds } },
) => {
  const { ReservedDBInstanceId: id, DBInstanceClass, ProductDescription, OfferingType, MultiAZ } = input;
  if (id !== undefined && !rds.reserved.some((one) => one.ReservedDBInstanceId === id))
    throw new AwsError('ReservedDBInstanceNotFound', `ReservedDBInstance ${id} not found.`, 404);
  const wanted = { ReservedDBInstanceId: id, DBInstanceClass, ProductDescription, OfferingType, MultiAZ };
  const found = rds.reserved.filter((one) =>
    Object.entries(wanted).every(([name, value]) => value === undefined || one[name as keyof typeof wanted] === value),
  );
  const page = rdsPage(found, input, (one) => one.ReservedDBInstanceId ?? '');
  return { ReservedDBInstances: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};
