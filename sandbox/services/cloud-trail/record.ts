import type { StoredTrailEvent } from '../../estate/cloud-trail-state.ts';
import type { Place } from '../../estate/place.ts';
import { userIdentity } from './user-identity.ts';

/** An event as CloudTrail writes it, which LookupEvents carries as a text of JSON. */
export function cloudTrailEvent(event: StoredTrailEvent, { account, region }: Place): string {
  const byAws = event.actor.type === 'AWSService';
  return JSON.stringify({
    eventVersion: '1.09',
    userIdentity: userIdentity(event.actor, account),
    eventTime: `${event.at.toISOString().slice(0, 19)}Z`,
    eventSource: event.source,
    eventName: event.name,
    awsRegion: region,
    sourceIPAddress: event.actor.type === 'AWSService' ? event.actor.service : '203.0.113.17',
    userAgent: event.actor.type === 'AWSService' ? event.actor.service : 'aws-cli/2.31.0',
    ...(event.errorCode === undefined ? {} : { errorCode: event.errorCode }),
    requestParameters: event.requestParameters ?? null,
    responseElements: event.responseElements ?? null,
    requestID: event.id,
    eventID: event.id,
    readOnly: event.readOnly,
    eventType: byAws ? 'AwsServiceEvent' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  });
}
