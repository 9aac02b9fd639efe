import { type Identity, parseArn } from '../../core/identity.ts';
import { BUSY_STATUSES, isPassing } from '../../core/passing-status.ts';
import type { Asked, Progress } from '../../ports-acting.ts';
import { ask } from './ask.ts';
import type { DatabaseForm, DatabaseSeen } from './database-forms.ts';
import { notAsExpected, type RefusedError } from './refused.ts';

/**
 * Stops and starts a database, whichever kind of action wants it. RDS takes names only, and a name may be given to another
 * database; so the immutable id and the status are compared just before the call. What is left open is the time between
 * the two calls: seconds, while a database that was newly made under the name needs minutes until it can be stopped.
 */

/** The name by which RDS knows it, behind `db:` or `cluster:`. */
export const nameIn = ({ arn }: Identity): string => parseArn(arn)?.resource.split(':').at(-1) ?? '';

export const stopDatabaseNow = (form: DatabaseForm, target: Identity): Promise<Asked> =>
  ask({
    look: () => form.describe(nameIn(target)),
    judge: (seen) => whyOther(seen, target) ?? within(seen, STOPPING) ?? whyNot(seen, 'available') ?? 'ask',
    mutate: () => form.stop(nameIn(target)),
  });

export const startDatabaseNow = (form: DatabaseForm, target: Identity): Promise<Asked> =>
  ask({
    look: () => form.describe(nameIn(target)),
    judge: (seen) => whyOther(seen, target) ?? within(seen, RUNNING) ?? whyNot(seen, 'stopped') ?? 'ask',
    mutate: () => form.start(nameIn(target)),
  });

export async function databaseStopped(form: DatabaseForm, target: Identity): Promise<Progress> {
  const seen = await form.describe(nameIn(target));
  const other = whyOther(seen, target);
  if (other) return { state: 'failed', because: other.message };
  if (seen?.status === 'stopped') return { state: 'done' };
  if (seen?.status === 'stopping') return { state: 'pending', seen: 'stopping' };
  return { state: 'failed', because: `it is ${seen?.status}` };
}

/** Running means that it and all of its members are available. */
export async function databaseRuns(form: DatabaseForm, target: Identity): Promise<Progress> {
  const seen = await form.describe(nameIn(target));
  const other = whyOther(seen, target);
  if (!seen || other) return { state: 'failed', because: other?.message ?? GONE };
  const parts = [['it', seen.status], ...seen.members].map(([name, status = '']) => ({
    status,
    says: `${name} is ${status}`,
  }));
  const broken = parts.find(({ status }) => status !== 'available' && !isPassing(status));
  if (broken) return { state: 'failed', because: broken.says };
  const late = parts.find(({ status }) => status !== 'available');
  return late ? { state: 'pending', seen: late.says } : { state: 'done' };
}

const GONE = 'it is gone';

/** The refusal when the name is nobody's, or another's. */
export function whyOther(seen: DatabaseSeen | undefined, { id }: Identity): RefusedError | undefined {
  if (!seen) return notAsExpected(GONE);
  return seen.id === id ? undefined : notAsExpected('another database carries its name');
}

/** The refusal when it is in another status. One that passes by itself is worth coming back for. */
export function whyNot(seen: DatabaseSeen | undefined, wanted: 'available' | 'stopped'): RefusedError | undefined {
  const status = seen?.status ?? '';
  if (status === wanted) return undefined;
  return notAsExpected(`it is ${status}, not ${wanted}`, { retryable: isPassing(status) });
}

const within = (seen: DatabaseSeen | undefined, statuses: ReadonlySet<string>): 'done' | undefined =>
  seen && statuses.has(seen.status) ? 'done' : undefined;

const STOPPING = new Set(['stopping', 'stopped']);

const RUNNING: ReadonlySet<string> = new Set([...BUSY_STATUSES, 'available', 'starting']);
