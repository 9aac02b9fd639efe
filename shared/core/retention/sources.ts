import { type Arn, parseArn, type Scope } from '../identity.ts';
import { type BackedUpDatabase, keyOf } from './facts.ts';

/** What a database gets its data from: what it is a read replica of, or the primary of its global cluster. */
export interface Sources {
  /** Those that are listed, the nearest first: replicas may have replicas. */
  readonly listed: readonly BackedUpDatabase[];
  /** Where the next one is, which is not listed; absent when there is none. */
  readonly beyond?: Scope;
}

/** Finds the sources of databases among all that are listed. */
export function sourcesAmong(databases: readonly BackedUpDatabase[]): (database: BackedUpDatabase) => Sources {
  const byArn = new Map(databases.map((one) => [one.identity.arn, one]));
  const byName = new Map(databases.map((one) => [`${keyOf(one.scope)} ${one.name}`, one]));
  return (database) => {
    const chain = [database];
    for (let last = database; ; ) {
      const source = sourceOf(last);
      if (source === undefined) return { listed: chain.slice(1) };
      const next = byArn.get(source) ?? byName.get(`${keyOf(last.scope)} ${source}`);
      if (!next) return { listed: chain.slice(1), beyond: parseArn(source) ?? last.scope };
      if (chain.includes(next)) return { listed: [] }; // in a circle nobody is anybody's source
      chain.push(next);
      last = next;
    }
  };
}

/** AWS names it by its ARN, and a source in the same region by its name. */
const sourceOf = ({ replicaOf, global }: BackedUpDatabase): Arn | undefined =>
  replicaOf ?? (global?.role === 'secondary' ? global.primary : undefined);
