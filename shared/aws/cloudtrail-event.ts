import type { Event } from '@aws-sdk/client-cloudtrail';
import type { AuditEvent } from '../ports-spend.ts';

/** A call that changed something; undefined for one that only read, or failed, or that has no id or time. */
export function auditEventOf(event: Event): AuditEvent | undefined {
  const { EventId: id, EventTime, EventName: name, EventSource: source = '', Resources = [] } = event;
  const record = recordIn(event.CloudTrailEvent);
  if (!id || !EventTime || !name || event.ReadOnly === 'true' || record.errorCode !== undefined) return undefined;
  return {
    id,
    time: EventTime.toISOString(),
    name,
    source,
    actor: actorOf(event, asObject(record.userIdentity)),
    resources: Resources.flatMap(({ ResourceType: type = '', ResourceName }) =>
      ResourceName ? [{ type, name: ResourceName }] : [],
    ),
  };
}

/** A service of AWS has neither an ARN nor a user name; `invokedBy` names it. */
function actorOf({ Username }: Event, { arn, userName, invokedBy }: Fields): string {
  const names = [arn, Username, userName, invokedBy];
  return names.find((name): name is string => typeof name === 'string' && name !== '') ?? 'unknown';
}

type Fields = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** The whole event, which CloudTrail carries as a text of JSON. Without it there is still who, when and what. */
function recordIn(json: string | undefined): Fields {
  try {
    return asObject(JSON.parse(json ?? ''));
  } catch {
    return {};
  }
}
