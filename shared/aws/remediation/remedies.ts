import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type Action, targetOf } from '../../core/action.ts';
import { known, unknown } from '../../core/evidence.ts';
import type { Scope } from '../../core/identity.ts';
import { keyOfSubject, subjectOf } from '../../core/remediation/subject.ts';
import { isRunbook } from '../../core/remediation/terms.ts';
import type { ChoiceReader, RemedyReader } from '../../ports-acting.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { AccessDeniedError, isDenied } from '../errors.ts';
import type { ClientConfig } from '../off-hours/kind.ts';
import type { Offers } from '../offers.ts';
import { PATIENT } from '../patient.ts';
import { using } from '../using.ts';
import { alarmsNamed } from './alarms.ts';
import { lookAt } from './look.ts';
import { findResources } from './resources.ts';

/** What remedies hang on, as the look role of each account shows it. Without a catalogue: one larger type is in question. */
export function awsRemedies(credentialsOf: CredentialsOf, choice: ChoiceReader): RemedyReader {
  const configFor = async ({ account, region }: Scope): Promise<ClientConfig> => ({
    region,
    credentials: await credentialsOf(account),
    ...PATIENT,
  });
  return {
    alarms: async (scope, names) => {
      const config = await configFor(scope);
      return using({ client: new CloudWatchClient(config) }, async ({ client }) => {
        try {
          return await alarmsNamed(client, names);
        } catch (error) {
          if (isDenied(error)) throw new AccessDeniedError('may not read alarms', error);
          throw error;
        }
      });
    },
    facts: async (alarm, { rule, action }, now) => {
      const subject = subjectOf(alarm);
      if (subject.type === 'none' || !isRunbook(rule)) return undefined;
      const config = await configFor(alarm.scope);
      const found = (await findResources(config, alarm.scope, [subject])).get(keyOfSubject(subject, alarm.scope));
      if (!found?.known) throw new Error(found?.why ?? 'AWS did not answer for it');
      const { value: resource } = found;
      if (!resource || resource.facts.identity.id !== targetOf(action).id) return undefined;
      const place = { config, market: { types: theTwo(choice, action) }, now };
      const [looked] = await lookAt(place, [{ alarm, runbook: rule, found: resource }]);
      return looked && { alarm, history: [], now, ...looked };
    },
  };
}

/** What the machine is and what it is to be, where AWS still offers that. */
const theTwo =
  (choice: ChoiceReader, action: Action): Offers =>
  async (machines) => {
    const wanted = action.kind === 'resize-instance' || action.kind === 'resize-database' ? action.to : undefined;
    return new Map(
      await Promise.all(
        machines.map(async (machine) => {
          const own = machine.type === 'instance' ? machine.instanceType : (machine.classes[0] ?? '');
          const types = await choice.read(machine.scope, machine, wanted && wanted !== own ? [own, wanted] : [own]);
          const priced = types.known ? known(types.value.map((type) => ({ ...type, hourlyPrice: NOT_ASKED }))) : types;
          return [machine.identity.arn, priced] as const;
        }),
      ),
    );
  };

const NOT_ASKED = unknown('nobody asked for its price');
