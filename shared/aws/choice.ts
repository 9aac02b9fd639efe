import { DescribeInstanceTypeOfferingsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import type { DatabaseFacts, InstanceFacts } from '../core/facts.ts';
import type { ChoiceReader, UnpricedType } from '../ports-acting.ts';
import type { CredentialsOf } from './assumed-role.ts';
import { instanceTypeOf, listClasses, suits } from './database-classes.ts';
import { isDenied, nameOf } from './errors.ts';
import { listInstanceTypes } from './instance-types.ts';
import { PATIENT } from './patient.ts';

/** What a machine is and what it is to be, as AWS offers it now: two calls, and no catalogue. */
export function awsChoice(credentialsOf: CredentialsOf): ChoiceReader {
  return {
    read: async ({ account, region }, machine, types) => {
      const config = { region, credentials: await credentialsOf(account), ...PATIENT };
      const [ec2, rds] = [new EC2Client(config), new RDSClient(config)];
      try {
        const offered =
          machine.type === 'instance'
            ? await zoneTypes(ec2, machine, types)
            : await classes({ ec2, rds }, machine, types);
        return known(offered);
      } catch (error) {
        if (!isDenied(error)) throw error;
        return unknown(nameOf(error)) satisfies Evidence<never>;
      } finally {
        ec2.destroy();
        rds.destroy();
      }
    },
  };
}

/** A machine keeps the type that it has, whatever is offered. */
async function zoneTypes(
  ec2: EC2Client,
  { instanceType, hardware }: InstanceFacts,
  types: readonly string[],
): Promise<UnpricedType[]> {
  const Filters = [
    { Name: 'instance-type', Values: [...types] },
    { Name: 'location', Values: [hardware.zone] },
  ];
  const { InstanceTypeOfferings = [] } = await ec2.send(
    new DescribeInstanceTypeOfferingsCommand({ LocationType: 'availability-zone', Filters }),
  );
  const here = new Set<string | undefined>(InstanceTypeOfferings.map(({ InstanceType }) => InstanceType));
  return (await listInstanceTypes(ec2, types)).filter(({ name }) => name === instanceType || here.has(name));
}

interface Clients {
  readonly ec2: EC2Client;
  readonly rds: RDSClient;
}

async function classes(
  { ec2, rds }: Clients,
  database: DatabaseFacts,
  names: readonly string[],
): Promise<UnpricedType[]> {
  const found: UnpricedType[] = [];
  for (const name of names) {
    const orderable = await listClasses(rds, { ...database, onlyClass: name });
    if (name !== database.classes[0] && !orderable.some((one) => suits(one, database))) continue;
    const [type] = await listInstanceTypes(ec2, [instanceTypeOf(name)]);
    if (type) found.push({ ...type, name });
  }
  return found;
}
