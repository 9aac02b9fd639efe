import type { Change } from '../../core/change.ts';
import { nameOf } from '../errors.ts';

/** How DynamoDB spells "too fast"; the SDK has then tried several times already. */
const THROTTLED = new Set([
  'LostEveryRace',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'UnprocessedItems',
]);

/** The table did not answer. Nothing may be concluded from that: what is in it is unknown, not absent. */
export class LedgerUnavailableError extends Error {
  override readonly name = 'LedgerUnavailableError';
  readonly table: string;
  readonly operation: string;
  /** AWS's code for what went wrong. */
  readonly code: string;
  /** True when the same call may succeed later without anybody doing anything. */
  readonly retryHelps: boolean;
  constructor({ table, operation }: { table: string; operation: string }, cause: Error) {
    const code = nameOf(cause);
    super(`ledger table ${table}, ${operation}: ${reasonOf(cause)}; ${adviceFor(code, operation)}`, { cause });
    this.table = table;
    this.operation = operation;
    this.code = code;
    this.retryHelps = THROTTLED.has(code) || isOutage(cause);
  }
}

/** Something in the ledger cannot be what was written. It is not used, and nothing is decided by it. */
export class LedgerCorruptError extends Error {
  override readonly name = 'LedgerCorruptError';
  /** Partition key and sort key, or the partition key alone when it is about all of it. */
  readonly key: string;
  constructor(key: string, why: string, cause?: unknown) {
    super(`ledger item ${key}: ${why}; restore it from the table's point-in-time recovery, or remove it`, { cause });
    this.key = key;
  }
}

/** The same item was somebody else's each time that we came to write it: something works on it without end. */
export function lostEveryRace(table: string, operation: string, attempts: number): LedgerUnavailableError {
  const cause = Object.assign(new Error(`${attempts} races for one item were lost`), { name: 'LostEveryRace' });
  return new LedgerUnavailableError({ table, operation }, cause);
}

/** A change ended in one way, and somebody says that it ended in another. The first is not replaced. */
export class ChangeRecordedError extends Error {
  override readonly name = 'ChangeRecordedError';
  readonly changeId: string;
  constructor(standing: Change, next: Change) {
    super(`change ${standing.id} is recorded as ${standing.outcome}, it cannot become ${next.outcome}`);
    this.changeId = standing.id;
  }
}

/** Two plans of one function, account and day whose hashes begin alike: one chance in 16 million a pair. */
export class PlanIdTakenError extends Error {
  override readonly name = 'PlanIdTakenError';
  readonly planId: string;
  constructor(planId: string) {
    super(
      `the id ${planId} belongs to a plan with other actions; nothing was recorded, run the function again tomorrow`,
    );
    this.planId = planId;
  }
}

/** Somebody else stored a policy between our reading and our writing: theirs was not replaced unseen. */
export class PolicyChangedError extends Error {
  override readonly name = 'PolicyChangedError';
  constructor(inForce: { version: number; storedBy: string } | undefined) {
    const now = inForce ? `version ${inForce.version} by ${inForce.storedBy} is in force` : 'none is in force';
    super(`somebody else is storing a policy at the same time (${now}); look at theirs, then store yours again`);
  }
}

function adviceFor(code: string, operation: string): string {
  if (THROTTLED.has(code)) return 'try again; if it lasts, look at the throttled requests of the table';
  if (code === 'ResourceNotFoundException') return 'deploy first, or check the name of the table and the region';
  if (code === 'AccessDeniedException') return `allow dynamodb:${operation} on the table, and the use of its KMS key`;
  return 'check the network, the region and the credentials';
}

interface Failure extends Error {
  /** Present when the service answered. */
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Node's code of a failed connection, e.g. `ECONNREFUSED`. */
  readonly code?: string;
}

/** The service's own words may carry ARNs of principals and encoded policies; ours (no region, no network) say more. */
function reasonOf(cause: Failure): string {
  return cause.$metadata?.httpStatusCode ? nameOf(cause) : `${nameOf(cause)} (${cause.message || cause.code})`;
}

/** The service's own fault, or no connection. */
function isOutage(cause: Failure): boolean {
  const status = cause.$metadata?.httpStatusCode;
  return status ? status >= 500 : cause.name === 'TimeoutError' || typeof cause.code === 'string';
}
