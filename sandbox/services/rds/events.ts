import type { DescribeEventsMessage, EventsMessage } from '@aws-sdk/client-rds';
import { DAY, MINUTE } from '../../clock.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { invalidValue } from './errors.ts';
import { nameOf, rdsPage } from './listing.ts';

/** RDS keeps events for fourteen days. */
const KEPT = 14 * DAY;

/** The last hour's events unless told otherwise, oldest first. */
export const describeEvents: Operation<DescribeEventsMessage, EventsMessage> = (input, { region: { rds } }) => {
  const { SourceIdentifier, SourceType, EventCategories = [], Duration = 60, StartTime, EndTime } = input;
  if (SourceIdentifier !== undefined && SourceType === undefined) {
    throw new AwsError('InvalidParameterCombination', 'SourceType must be supplied when SourceIdentifier is.');
  }
  const now = rds.place.world.clock.now().getTime();
  const to = EndTime?.getTime() ?? now;
  const from = StartTime?.getTime() ?? to - Duration * MINUTE;
  if (from < now - KEPT) throw invalidValue('The start time must be within the last 14 days.');
  const found = rds.events
    .filter(({ Date: at }) => at.getTime() >= from && at.getTime() <= to)
    .filter((one) => SourceType === undefined || one.SourceType === SourceType)
    .filter((one) => SourceIdentifier === undefined || one.SourceIdentifier === nameOf(SourceIdentifier))
    .filter((one) => EventCategories.length === 0 || one.EventCategories?.some((of) => EventCategories.includes(of)));
  const keys = new Map(found.map((one) => [one, String(rds.events.indexOf(one)).padStart(9, '0')]));
  const page = rdsPage(found, input, (one) => keys.get(one) ?? '');
  return { Events: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};
