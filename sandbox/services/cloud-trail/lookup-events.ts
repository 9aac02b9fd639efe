import type {
  Event,
  LookupAttribute,
  LookupAttributeKey,
  LookupEventsRequest,
  LookupEventsResponse,
} from '@aws-sdk/client-cloudtrail';
import { DAY } from '../../clock.ts';
import type { CloudTrailState, StoredTrailEvent } from '../../estate/cloud-trail-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { cloudTrailEvent } from './record.ts';
import { readToken, writeToken } from './token.ts';
import { accessKeyOf, userNameOf } from './user-identity.ts';

const KEPT = 90 * DAY;
const PAGE = 50;

/** Management events of one account and region in the last ninety days, newest first; one attribute a call. */
export const lookupEvents: Operation<LookupEventsRequest, LookupEventsResponse> = (
  input,
  { region: { cloudTrail } },
) => {
  const { NextToken, MaxResults = PAGE, LookupAttributes = [], EventCategory } = input;
  const now = cloudTrail.place.world.clock.now();
  check(input);
  const after = NextToken === undefined ? undefined : readToken(NextToken, input, now);
  if (EventCategory === 'insight') return { Events: [] };
  const found = history(cloudTrail, input)
    .filter(({ event }) => LookupAttributes.every((attribute) => hasAttribute(cloudTrail, event, attribute)))
    .filter((one) => after === undefined || isBehind(one, after));
  const shown = found.slice(0, MaxResults);
  const last = shown.at(-1);
  return {
    Events: shown.map(({ event }) => asEvent(cloudTrail, event)),
    ...(last && found.length > shown.length ? { NextToken: writeToken(positionOf(last), input, now) } : {}),
  };
};

/** An event and its place in the order of recording, which tells events of the same second apart. */
interface Listed {
  readonly event: StoredTrailEvent;
  readonly index: number;
}

/** What has been delivered and is kept, within the range that is asked for; both of its ends belong to it. */
function history({ events, place }: CloudTrailState, { StartTime, EndTime }: LookupEventsRequest): Listed[] {
  const { clock, durations } = place.world;
  const now = clock.now().getTime();
  const from = Math.max(StartTime?.getTime() ?? 0, now - KEPT);
  const to = Math.min(EndTime?.getTime() ?? now, now - durations.eventDelivery);
  return events
    .map((event, index) => ({ event, index }))
    .filter(({ event: { at } }) => at.getTime() >= from && at.getTime() <= to)
    .sort((a, b) => b.event.at.getTime() - a.event.at.getTime() || b.index - a.index);
}

const positionOf = ({ event, index }: Listed) => ({ at: event.at.getTime(), index });

const isBehind = ({ event, index }: Listed, after: { at: number; index: number }): boolean =>
  event.at.getTime() < after.at || (event.at.getTime() === after.at && index < after.index);

function check({ StartTime, EndTime, MaxResults, LookupAttributes = [], EventCategory }: LookupEventsRequest): void {
  if (StartTime && EndTime && StartTime > EndTime) {
    throw new AwsError('InvalidTimeRangeException', 'The start time is after the end time.');
  }
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > PAGE)) {
    throw new AwsError('InvalidMaxResultsException', `The number of results is between 1 and ${PAGE}.`);
  }
  if (LookupAttributes.length > 1 || LookupAttributes.some((one) => !attributeOf(one))) {
    throw new AwsError('InvalidLookupAttributesException', 'A lookup takes one attribute that CloudTrail knows.');
  }
  if (EventCategory !== undefined && EventCategory !== 'insight') {
    throw new AwsError('InvalidEventCategoryException', `${EventCategory} is no category of events.`);
  }
}

type Values = (event: StoredTrailEvent, state: CloudTrailState) => readonly unknown[];

/** What an event has under each attribute. */
const ATTRIBUTES: Readonly<Record<LookupAttributeKey, Values>> = {
  AccessKeyId: ({ actor }, { place }) => [accessKeyOf(actor, place.account)],
  EventId: ({ id }) => [id],
  EventName: ({ name }) => [name],
  EventSource: ({ source }) => [source],
  ReadOnly: ({ readOnly }) => [String(readOnly)],
  ResourceName: ({ resources }) => resources.map(({ name }) => name),
  ResourceType: ({ resources }) => resources.map(({ type }) => type),
  Username: ({ actor }) => [userNameOf(actor)],
};

const attributeOf = ({ AttributeKey }: LookupAttribute): Values | undefined => AttributeKey && ATTRIBUTES[AttributeKey];

const hasAttribute = (state: CloudTrailState, event: StoredTrailEvent, attribute: LookupAttribute): boolean =>
  attributeOf(attribute)?.(event, state).includes(attribute.AttributeValue) ?? false;

function asEvent({ place }: CloudTrailState, event: StoredTrailEvent): Event {
  const [Username, AccessKeyId] = [userNameOf(event.actor), accessKeyOf(event.actor, place.account)];
  return {
    EventId: event.id,
    EventName: event.name,
    ReadOnly: String(event.readOnly),
    EventTime: event.at,
    EventSource: event.source,
    ...(Username === undefined ? {} : { Username }),
    ...(AccessKeyId === undefined ? {} : { AccessKeyId }),
    Resources: event.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: cloudTrailEvent(event, place),
  };
}
