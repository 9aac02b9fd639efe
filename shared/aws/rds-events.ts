import { paginateDescribeEvents, RDSClient } from '@aws-sdk/client-rds';
import { type Evidence, known } from '../core/evidence.ts';
import type { Facts } from '../core/facts.ts';
import { type Arn, parseArn, type Scope } from '../core/identity.ts';
import type { StorageChanges } from '../core/remediation/runbook.ts';
import type { Start } from '../ports-acting.ts';
import type { CredentialsOf } from './assumed-role.ts';
import { AccessDeniedError, isDenied } from './errors.ts';
import { everyItem } from './pages.ts';
import { PATIENT } from './patient.ts';

/** As long as RDS keeps events: fourteen days, in minutes. */
const KEPT_MINUTES = 14 * 24 * 60;

/**
 * RDS-EVENT-0154 (instance) and 0153 (cluster). DescribeEvents does not say an event's number, so it is known by its words:
 * `DB instance is being started due to it exceeding the maximum allowed time being stopped.`
 */
const RESTARTED = /exceed\w* the maximum allowed time being stopped/i;

/** RDS-EVENT-0014: `Finished applying modification to DB instance class`. */
const CLASS_CHANGED = /^Finished applying modification to DB instance class/i;

/** When the classes of the databases were changed, as far back as RDS keeps events; one question for all of them. */
export async function readClassChanges(
  client: RDSClient,
  databases: readonly Facts[],
): Promise<Map<Arn, Evidence<readonly Date[]>>> {
  const EventCategories = ['configuration change'];
  const input = { SourceType: 'db-instance', EventCategories, Duration: KEPT_MINUTES } as const;
  const events = await everyItem(paginateDescribeEvents({ client, pageSize: 100 }, input), (page) => page.Events);
  const changes = events.filter(({ Message = '' }) => CLASS_CHANGED.test(Message));
  const byName = Map.groupBy(changes, ({ SourceIdentifier }) => SourceIdentifier);
  return new Map(
    databases.map(({ identity, name }) => [
      identity.arn,
      known((byName.get(name) ?? []).flatMap(({ Date: at }) => at ?? [])),
    ]),
  );
}

/**
 * RDS-EVENT-0018 and 0017, and 0217 and 0218 of what storage autoscaling began: `Applying modification to allocated storage`,
 * `Finished applying autoscaling-initiated modification to allocated storage.`
 */
const STORAGE_CHANGED = /\bapplying (autoscaling-initiated )?modification to allocated storage/i;

/** The first half of these: a change that has begun. */
const STORAGE_BEGUN = /^applying/i;

/**
 * When the storage of each of these databases was changed, as far back as RDS keeps events; one question for one database, and one
 * for any number of others. By name: those of another database that had it before count as well.
 */
export async function storageChanges(
  client: RDSClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, StorageChanges>> {
  const [only, ...others] = names;
  const EventCategories = ['configuration change'];
  const which = others.length === 0 ? { SourceIdentifier: only } : {};
  const input = { SourceType: 'db-instance', EventCategories, Duration: KEPT_MINUTES, ...which } as const;
  const events = await everyItem(paginateDescribeEvents({ client, pageSize: 100 }, input), (page) => page.Events);
  const changes = new Map<string, StorageChanges>();
  for (const { SourceIdentifier: name = '', Message = '', Date: at } of events) {
    if (!at || !STORAGE_CHANGED.test(Message)) continue;
    const { last = at, begun = [] } = changes.get(name) ?? {};
    changes.set(name, { last: at > last ? at : last, begun: STORAGE_BEGUN.test(Message) ? [...begun, at] : begun });
  }
  return changes;
}

/** RDS-EVENT-0088 (instance) and 0151 (cluster): `DB instance started`. After AWS's own start it comes as well. */
const STARTED = /\bstarted\b/i;

/** The first start of a stopped database of the scope at or after `since`, as the look role of its account sees it. */
export function startsSeenBy(credentialsOf: CredentialsOf) {
  return async ({ account, region }: Scope, database: Arn, since: Date): Promise<Start | undefined> => {
    const client = new RDSClient({ region, credentials: await credentialsOf(account), ...PATIENT });
    try {
      return await firstStart(client, database, since);
    } finally {
      client.destroy();
    }
  };
}

/**
 * Who started a stopped database, and when: AWS, because it had been stopped for seven days, or somebody else. Undefined
 * means that no event says so: RDS keeps them for fourteen days, and does not promise to record every one.
 * Events carry the name only: those of another database that had it before are told apart by `since`.
 * @throws {AccessDeniedError}
 */
export async function firstStart(client: RDSClient, database: Arn, since: Date): Promise<Start | undefined> {
  const [kind, SourceIdentifier = ''] = parseArn(database)?.resource.split(':') ?? [];
  const SourceType = kind === 'cluster' ? 'db-cluster' : 'db-instance';
  try {
    // By duration and not by start: a start of more than fourteen days ago would be refused.
    const input = { SourceIdentifier, SourceType, Duration: KEPT_MINUTES } as const;
    const events = await everyItem(paginateDescribeEvents({ client, pageSize: 100 }, input), (page) => page.Events);
    const starts = events.flatMap(({ Message = '', Date: at }): Start[] => {
      const by = RESTARTED.test(Message) ? 'AWS' : STARTED.test(Message) ? 'somebody' : undefined;
      return at && at >= since && by ? [{ by, at }] : [];
    });
    return starts.sort((a, b) => a.at.getTime() - b.at.getTime())[0];
  } catch (error) {
    if (isDenied(error)) throw new AccessDeniedError('may not read the events of databases', error);
    throw error;
  }
}
