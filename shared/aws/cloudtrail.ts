import { CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { AwsCredentialIdentity } from '@smithy/types';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import type { AuditEvent, AuditQuery, AuditTrail } from '../ports-spend.ts';
import type { CredentialsOf } from './assumed-role.ts';
import { auditEventOf } from './cloudtrail-event.ts';
import { AccessDeniedError, nameOf } from './errors.ts';
import type { Patience } from './off-hours/kind.ts';
import { PATIENT } from './patient.ts';

type Found = { readonly events: readonly AuditEvent[]; readonly complete: boolean };

/**
 * The event history of every account, as its look role shows it.
 * @param patience for how long CloudTrail is asked before it counts as silent
 */
export function auditTrail(credentialsOf: CredentialsOf, patience: Patience = PATIENT): AuditTrail {
  return {
    lookup: async (query) => {
      const { account, region } = query.scope;
      let credentials: AwsCredentialIdentity;
      try {
        credentials = await credentialsOf(account);
      } catch (error) {
        return unknown(error instanceof AccessDeniedError ? error.message : `no credentials: ${nameOf(error)}`);
      }
      const client = new CloudTrailClient({ region, credentials, ...patience });
      try {
        return await lookUp(client, query);
      } finally {
        client.destroy();
      }
    },
  };
}

/** The pages of one resource or of one event name that are still to be read. */
interface Search {
  readonly by: 'ResourceName' | 'EventName';
  readonly name: string;
  readonly token?: string;
}

/**
 * Looks for one name after the other, and only then for the further pages of each: with few pages, the newest of every name are
 * better than everything of the first. CloudTrail answers two calls a second; the SDK waits when it is too fast.
 */
export async function lookUp(client: CloudTrailClient, query: AuditQuery): Promise<Evidence<Found>> {
  const events: Event[] = [];
  const searches = searchesOf(query);
  for (let pages = 0; pages < query.maxPages; pages += 1) {
    const search = searches.shift();
    if (!search) break;
    try {
      const page = await client.send(commandFor(search, query));
      events.push(...(page.Events ?? []));
      if (page.NextToken) searches.push({ ...search, token: page.NextToken });
    } catch (error) {
      if (pages === 0) return unknown(`CloudTrail does not answer: ${nameOf(error)}`);
      // What was found stands, and so does that there may be more.
      searches.push(search);
      break;
    }
  }
  return known({ events: newestFirst(events, query), complete: searches.length === 0 });
}

const searchesOf = ({ resourceName, eventNames }: AuditQuery): Search[] => [
  ...(resourceName === undefined ? [] : [{ by: 'ResourceName', name: resourceName } as const]),
  ...eventNames.map((name) => ({ by: 'EventName', name }) as const),
];

const commandFor = ({ by, name, token }: Search, { from, to }: AuditQuery): LookupEventsCommand =>
  new LookupEventsCommand({
    LookupAttributes: [{ AttributeKey: by, AttributeValue: name }],
    StartTime: from,
    EndTime: to,
    MaxResults: 50,
    ...(token ? { NextToken: token } : {}),
  });

/** Each event once. CloudTrail's end belongs to its range, ours does not. */
function newestFirst(events: readonly Event[], { to }: AuditQuery): AuditEvent[] {
  const found = events.flatMap((event) => auditEventOf(event) ?? []).filter(({ time }) => time < to.toISOString());
  const once = new Map(found.map((event) => [event.id, event]));
  return [...once.values()].sort((a, b) => (a.time < b.time ? 1 : -1));
}
