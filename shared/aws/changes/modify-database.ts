import {
  type DBInstance,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceMessage,
  type PendingModifiedValues,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { Identity } from '../../core/identity.ts';
import { isPassing } from '../../core/passing-status.ts';
import type { Asked, Progress } from '../../ports-acting.ts';
import { ask, type Verdict } from './ask.ts';
import { found } from './database-forms.ts';
import { nameIn } from './database-power.ts';
import { notAsExpected, type RefusedError } from './refused.ts';

/** Properties of a database instance, under the name that they have in DescribeDBInstances and in ModifyDBInstance. */
export type Properties = Pick<
  ModifyDBInstanceMessage,
  'AllocatedStorage' | 'DBInstanceClass' | 'StorageType' | 'Iops' | 'StorageThroughput'
>;

/** One modification of one database instance, which begins at once. */
export interface Modification {
  readonly rds: RDSClient;
  readonly database: Identity;
  readonly leaves: Properties;
  readonly wants: Properties;
  /** The statuses in which it may begin; absent: only when it is available. */
  readonly in?: readonly string[];
  /** What may be pending for it: RDS adds what follows from what was asked. */
  readonly touches: readonly (keyof PendingModifiedValues)[];
  /** What may be pending because we asked for it before, and is now replaced by what is wanted. */
  readonly replaces?: Properties;
  /** Why it is not the turn of this database yet, if so. */
  readonly whyNotYet?: (seen: DBInstance) => Promise<string | undefined>;
}

/** The way back of a modification, whether or not RDS has begun it: to ask for what a database has cancels what is pending. */
export const backFrom = ({ leaves, wants, ...modification }: Modification): Modification => ({
  ...modification,
  leaves: wants,
  wants: leaves,
  replaces: wants,
});

/** The database instance of this identity; undefined when it is gone, or another has its name. @throws {AccessDeniedError} */
export async function describeDatabase(rds: RDSClient, name: string): Promise<DBInstance | undefined> {
  const reply = await found(rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name })));
  return reply?.DBInstances?.[0];
}

/**
 * Applying immediately applies everything that is pending, whoever asked for it: so nothing else may be. Left open are the
 * seconds between the look and the call.
 */
export const modifyNow = (modification: Modification): Promise<Asked> =>
  ask({
    look: () => look(modification),
    judge: (seen) => judge(seen, modification),
    mutate: () =>
      modification.rds.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: nameIn(modification.database),
          ...modification.wants,
          ApplyImmediately: true,
        }),
      ),
  });

interface Seen {
  readonly database: DBInstance | undefined;
  readonly notYet: string | undefined;
}

async function look({ rds, database, whyNotYet }: Modification): Promise<Seen> {
  const seen = await describeDatabase(rds, nameIn(database));
  return { database: seen, notYet: seen && (await whyNotYet?.(seen)) };
}

function judge({ database: seen, notYet }: Seen, modification: Modification): Verdict {
  const other = whyOther(seen, modification);
  if (!seen || other) return other ?? notAsExpected(GONE);
  const { leaves, wants } = modification;
  const pending = pendingOf(seen);
  const cancels = isReplaced(seen, modification);
  if (pending.length > 0 && isOurs(seen, modification)) return 'done';
  if (pending.length > 0 && !cancels) return waiting(pending);
  if (reaches(seen, wants) && !cancels) return 'done';
  if (!has(seen, leaves) && !cancels)
    return notAsExpected(`it has ${inWords(seen, leaves)}, not ${inWords(leaves, leaves)}`);
  const { DBInstanceStatus: status = '' } = seen;
  const { in: fit = ['available'] } = modification;
  if (!fit.includes(status)) return notAvailable(status);
  return notYet ? notAsExpected(notYet, { untimely: true }) : 'ask';
}

const GONE = 'it is gone';

/** An optimization takes hours, and nobody has to look. */
const notAvailable = (status: string): RefusedError =>
  notAsExpected(`it is ${status}, not available`, {
    retryable: isPassing(status),
    untimely: status === 'storage-optimization',
  });

function whyOther(seen: DBInstance | undefined, { database }: Modification): RefusedError | undefined {
  if (!seen) return notAsExpected(GONE);
  return seen.DbiResourceId === database.id ? undefined : notAsExpected('another database carries its name');
}

const waiting = (pending: readonly string[]): RefusedError =>
  notAsExpected(`a modification of ${pending.join(', ')} is pending: it would be applied as well`, { untimely: true });

const pendingOf = ({ PendingModifiedValues = {} }: DBInstance): string[] =>
  Object.entries(PendingModifiedValues).flatMap(([name, value]) => (value === undefined ? [] : [name]));

/** What is pending is what was asked for, and nothing beside it. */
const isOurs = (seen: DBInstance, { wants, touches }: Modification): boolean => isPending(seen, wants, touches);

const isReplaced = (seen: DBInstance, { replaces, touches }: Modification): boolean =>
  replaces !== undefined && pendingOf(seen).length > 0 && isPending(seen, replaces, touches);

function isPending(seen: DBInstance, values: Properties, touches: Modification['touches']): boolean {
  const { PendingModifiedValues: pending = {} } = seen;
  const alien = pendingOf(seen).some((name) => !(touches as readonly string[]).includes(name));
  const fits = (name: keyof Properties) => pending[name] === undefined || reaches(pending, { [name]: values[name] });
  return !alien && namesOf(values).every(fits);
}

/** A minute passes until what was asked for begins; what it brings of storage is optimized for hours, and in use. */
export async function progressOf(modification: Modification): Promise<Progress> {
  const { rds, database, wants, leaves } = modification;
  const seen = await describeDatabase(rds, nameIn(database));
  const other = whyOther(seen, modification);
  if (!seen || other) return { state: 'failed', because: other?.message ?? GONE };
  const { DBInstanceStatus: status = '' } = seen;
  const begun = pendingOf(seen).length > 0 && (isOurs(seen, modification) || isReplaced(seen, modification));
  if (begun || status === 'modifying') return { state: 'pending', seen: status };
  if (!reaches(seen, wants)) return { state: 'failed', because: `it is ${status} with ${inWords(seen, leaves)}` };
  if (status === 'available' || isPassing(status)) return { state: 'done' };
  return { state: 'failed', because: `it is ${status}` };
}

const namesOf = (properties: Properties) => Object.keys(properties) as (keyof Properties)[];

type Shown = { readonly [Name in keyof Properties]?: Properties[Name] };

/** It is as wanted. RDS grows storage by a tenth at least, so it may be larger. */
function reaches(
  { AllocatedStorage: size = 0, ...shown }: Shown,
  { AllocatedStorage = 0, ...wanted }: Properties,
): boolean {
  return size >= AllocatedStorage && has(shown, wanted);
}

const has = (seen: Shown, wanted: Properties): boolean =>
  namesOf(wanted).every((name) => wanted[name] === undefined || seen[name] === wanted[name]);

/** `db.r6g.xlarge`, or `gp3, 12000, 500` */
const inWords = (values: Properties, like: Properties): string =>
  namesOf(like)
    .map((name) => values[name])
    .filter((value) => value !== undefined)
    .join(', ');
