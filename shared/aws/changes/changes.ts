import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { type Action, type ActionKind, isAskedOnce, isScheduledAction } from '../../core/action.ts';
import type { Scope } from '../../core/identity.ts';
import type { ScheduledAction } from '../../core/off-hours/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { alarmsOf, withAlarms } from './alarm-actions.ts';
import { changeDatabaseStorage } from './change-database-storage.ts';
import { changeVolumeType } from './change-volume-type.ts';
import { copySnapshot } from './copy-snapshot.ts';
import { createSnapshot } from './create-snapshot.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { moveInstance } from './move-instance.ts';
import { rebootInstance } from './reboot-instance.ts';
import { resizeDatabase } from './resize-database.ts';
import { resizeInstance } from './resize-instance.ts';
import type { ClientConfig } from './scheduled.ts';
import { setUnlimitedCredits } from './set-unlimited-credits.ts';
import { snapshotAndDeleteVolume } from './snapshot-and-delete-volume.ts';
import type { RdsIn } from './snapshot-forms.ts';
import { startDatabase } from './start-database.ts';
import { startInstance } from './start-instance.ts';
import { stopDatabase } from './stop-database.ts';
import { stopInstance } from './stop-instance.ts';

/** The clients that change one scope, under the act role of its account. */
export interface ActingClients {
  readonly ec2: EC2Client;
  readonly rds: RDSClient;
  /** Other scopes: a copy reads in one and is made in another. */
  readonly rdsIn: RdsIn;
}

/** The verbs of every kind but those that only schedules use, in the scope of the clients. */
export function changeVerbs({ ec2, rds, rdsIn }: ActingClients): {
  readonly [Kind in Exclude<ActionKind, ScheduledAction['kind']>]: ChangeVerbs;
} {
  return {
    'stop-database': stopDatabase(rds),
    'stop-instance': stopInstance(ec2),
    'start-database': startDatabase(rds),
    'start-instance': startInstance(ec2),
    'resize-instance': resizeInstance(ec2),
    'change-volume-type': changeVolumeType(ec2),
    'resize-database': resizeDatabase(rds),
    'change-database-storage': changeDatabaseStorage(rds),
    'snapshot-and-delete-volume': snapshotAndDeleteVolume(ec2),
    'reboot-instance': rebootInstance(ec2),
    'move-instance': moveInstance(ec2),
    'set-unlimited-credits': setUnlimitedCredits(ec2),
    'create-snapshot': createSnapshot(rdsIn),
    'copy-snapshot': copySnapshot(rdsIn),
    'delete-snapshot': deleteSnapshot(rdsIn),
  };
}

/**
 * Few attempts, and so few seconds between the look at a resource and the mutation: whoever wants to try for longer
 * repeats the verb, which looks again.
 */
const QUICK = { maxAttempts: 3 } as const;

/** A start of the function does not wait for what most plans have no use for. */
async function scheduled(config: ClientConfig) {
  const { scheduledClients, scheduledVerbs } = await import('./scheduled.ts');
  return scheduledVerbs(scheduledClients(config));
}

/** Opens the act role of a scope's account for one action. @throws {AccessDeniedError} when it does not let us in */
export function actingVerbs(credentialsOf: CredentialsOf): (scope: Scope, action: Action) => Promise<ChangeVerbs> {
  const configIn = async ({ account, region }: Scope): Promise<ClientConfig> => ({
    region,
    credentials: await credentialsOf(account),
    ...QUICK,
  });
  const rdsIn: RdsIn = async (scope) => new RDSClient(await configIn(scope));
  return async (scope, action) => {
    const own = await configIn(scope);
    // The SDK's own second try would be a second request.
    const config = isAskedOnce(action) ? { ...own, maxAttempts: 1 } : own;
    const verbs = isScheduledAction(action)
      ? (await scheduled(config))[action.kind]
      : changeVerbs({ ec2: new EC2Client(config), rds: new RDSClient(config), rdsIn })[action.kind];
    return alarmsOf(action).length > 0 ? withAlarms(new CloudWatchClient(config), verbs) : verbs;
  };
}
