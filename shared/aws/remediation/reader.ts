import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { unknown } from '../../core/evidence.ts';
import type { Scope } from '../../core/identity.ts';
import { keyOfSubject } from '../../core/remediation/subject.ts';
import type { AlarmReader, RemediationReader } from '../../ports-remediation.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { auditTrail } from '../cloudtrail.ts';
import { AccessDeniedError, isDenied } from '../errors.ts';
import type { ClientConfig, Patience } from '../off-hours/kind.ts';
import { PATIENT } from '../patient.ts';
import { readable } from '../retention/unreadable.ts';
import { using } from '../using.ts';
import { alarmHistories, alarmsNamed, alarmsOn } from './alarms.ts';
import { happeningsIn } from './happenings.ts';
import { evidenceIn, lookAt, type Market } from './look.ts';
import { findResources } from './resources.ts';
import { topLoadOf } from './top-load.ts';

/**
 * Alarms and what they are about, as the look role of each account shows them. Calls for one alarm until it is decided: one for the
 * alarm, one for its resource (two for a cluster); of a database whose storage is low one for its metrics and one for RDS's
 * events; of one that is saturated one for what is remembered of the classes; of an instance that is unwell one for its
 * status checks and two more where it may be moved.
 * @param patience for how long AWS is asked before it counts as silent
 */
export function awsRemediation(
  credentialsOf: CredentialsOf,
  market: Market,
  patience: Patience = PATIENT,
): AlarmReader & RemediationReader {
  const configFor = async ({ account, region }: Scope): Promise<ClientConfig> => ({
    region,
    credentials: await credentialsOf(account),
    ...patience,
  });
  const withAlarms = async <T>(scope: Scope, read: (client: CloudWatchClient) => Promise<T>): Promise<T> => {
    const config = await configFor(scope);
    return using({ client: new CloudWatchClient(config) }, async ({ client }) => {
      try {
        return await read(client);
      } catch (error) {
        if (isDenied(error)) throw new AccessDeniedError(`may not read alarms in ${scope.region}`, error);
        throw error;
      }
    });
  };
  return {
    alarms: (scope, names) => withAlarms(scope, (client) => alarmsNamed(client, names)),
    alarmsOn: (scope) => withAlarms(scope, alarmsOn),
    histories: (scope, range, alarm) => withAlarms(scope, (client) => alarmHistories(client, range, alarm)),
    resources: async (scope, subjects) => {
      const config = await readable('the account', () => configFor(scope));
      if (config.known) return findResources(config.value, scope, subjects);
      return new Map(subjects.map((subject) => [keyOfSubject(subject, scope), unknown(config.why)]));
    },
    look: async (scope, wanted, now) =>
      wanted.length === 0 ? [] : lookAt({ config: await configFor(scope), market, now }, wanted),
    evidence: async (scope, looked, now) =>
      looked.length === 0 ? [] : evidenceIn({ config: await configFor(scope), market, now }, looked),
    happenings: happeningsIn(auditTrail(credentialsOf, patience)),
    topLoad: async (scope, counted, range) => {
      const config = await readable('the account', () => configFor(scope));
      if (config.known) return topLoadOf(config.value, counted, range);
      const unread = unknown(config.why);
      return { of: counted.name, waits: unread, statements: unread };
    },
  };
}
