import { known } from '../../shared/core/evidence.ts';
import type { Scope } from '../../shared/core/identity.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import type { Alarm, AlarmChange } from '../../shared/core/remediation/alarm.ts';
import type { AlarmedDatabase } from '../../shared/core/remediation/runbook.ts';
import { type KnownSubject, keyOfSubject } from '../../shared/core/remediation/subject.ts';
import { MOST } from '../../shared/core/remediation/terms.ts';
import type { AlarmReader, FoundDatabase, Looked, RemediationReader, Wanted } from '../../shared/ports-remediation.ts';
import { database, GIB } from '../core/remediation/runbooks/specimen.ts';

export const ACCOUNT = '111111111111';
const REGION = 'ap-northeast-2';
const SCOPE = { account: ACCOUNT, region: REGION };
export const NOW = new Date('2026-11-22T21:30:00Z');

export const minutes = (count: number, from = NOW): Date => new Date(from.getTime() + count * 60_000);

/** Runbooks act by themselves as far as they go. */
export const POLICY = parsePolicy({
  timezone: 'Asia/Seoul',
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  remediation: { modes: MOST },
});

/** Less than 10 GiB of the database are free, since a minute ago. */
export function storageLow(of: string): Alarm {
  const name = `${of}-storage`;
  return {
    name,
    arn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`,
    scope: SCOPE,
    state: 'ALARM',
    since: minutes(-1),
    reason: 'Threshold Crossed: 1 datapoint',
    by: 'data',
    watches: {
      kind: 'metric',
      metrics: [{ namespace: 'AWS/RDS', name: 'FreeStorageSpace', dimensions: { DBInstanceIdentifier: of } }],
      comparison: 'LessThanThreshold',
      threshold: 10 * GIB,
    },
  };
}

export const told = (alarm: Alarm): AlarmChange => ({ alarm, from: 'OK' });

/** A place with alarms and databases, read from memory. What was not put there is not there. */
export class MemoryAlarms implements AlarmReader, RemediationReader {
  readonly #alarms = new Map<string, Alarm>();
  readonly #databases = new Map<string, { readonly found: FoundDatabase; readonly resource: AlarmedDatabase }>();

  /** A database of 100 GiB that is full within days, and the alarm that says so. */
  addFull(name: string): void {
    const identity = { arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:${name}`, id: `db-${name}` };
    const resource = database({}, { name, identity, scope: SCOPE });
    const found: FoundDatabase = { type: 'database', facts: resource.facts, replicas: [] };
    this.#databases.set(keyOfSubject({ type: 'database', form: 'instance', name }, SCOPE), { found, resource });
    const alarm = storageLow(name);
    this.#alarms.set(alarm.name, alarm);
  }

  alarms = async (_scope: Scope, names: readonly string[]) => names.flatMap((name) => this.#alarms.get(name) ?? []);
  alarmsOn = async () => [...this.#alarms.values()];
  histories = async () => [];

  async resources(_scope: Scope, subjects: readonly KnownSubject[]) {
    const keys = subjects.map((subject) => keyOfSubject(subject, SCOPE));
    return new Map(keys.map((key) => [key, known(this.#databases.get(key)?.found)]));
  }

  async look(_scope: Scope, wanted: readonly Wanted[]) {
    const resources = new Map([...this.#databases.values()].map(({ found, resource }) => [found, resource]));
    return wanted.map(({ found }) => {
      const resource = found.type === 'database' ? resources.get(found) : undefined;
      if (!resource) throw new Error(`${found.facts.name} is not here`);
      return { resource, metrics: [] };
    });
  }

  evidence = async (_scope: Scope, looked: readonly Looked[]) => looked;
  happenings = async () => known([]);
  topLoad = async () => ({ of: 'orders', waits: known([]), statements: known([]) });
}
