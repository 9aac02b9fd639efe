import { DescribeKeyCommand, type KMSClient, paginateListAliases } from '@aws-sdk/client-kms';
import type { Evidence } from '../../core/evidence.ts';
import { known } from '../../core/evidence.ts';
import { type Arn, parseArn, type Scope } from '../../core/identity.ts';
import type { SnapshotKey } from '../../core/retention/facts.ts';
import { nameOf } from '../errors.ts';
import { chunks, everyItem } from '../pages.ts';
import { readable } from './unreadable.ts';

/** The ids of the keys that AWS manages in a scope. */
export type ManagedKeys = Evidence<ReadonlySet<string>>;

/**
 * A key that AWS manages has an alias `alias/aws/...`, which nobody else may give or take away. So one list says it of all
 * keys, where `DescribeKey` is a call for each and needs the consent of each key's own policy.
 */
export async function listManagedKeys(client: KMSClient): Promise<ReadonlySet<string>> {
  const aliases = await everyItem(paginateListAliases({ client, pageSize: 100 }, {}), (page) => page.Aliases);
  return new Set(
    aliases.flatMap(({ AliasName, TargetKeyId }) =>
      AliasName?.startsWith('alias/aws/') && TargetKeyId ? [TargetKeyId] : [],
    ),
  );
}

/** So many are asked for at once; each is a call of its own. */
const AT_ONCE = 10;

/** Whether each key may still be used. One that is gone has left what is under it for nobody. */
export async function readKeyStates(
  client: KMSClient,
  keys: readonly Arn[],
): Promise<ReadonlyMap<Arn, Evidence<string>>> {
  const states = new Map<Arn, Evidence<string>>();
  for (const chunk of chunks(keys, AT_ONCE)) {
    const read = chunk.map(async (key) => states.set(key, await readable('the key', () => stateOf(client, key))));
    await Promise.all(read);
  }
  return states;
}

async function stateOf(client: KMSClient, KeyId: Arn): Promise<string> {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
    return KeyMetadata?.KeyState ?? 'Unavailable';
  } catch (error) {
    if (nameOf(error) === 'NotFoundException') return 'Deleted';
    throw error;
  }
}

/** Whose the key is. One of another account was made by people: AWS's own serve only the account that they are in. */
export function managerOf(arn: Arn, { account }: Scope, managed: ManagedKeys): SnapshotKey['manager'] {
  const key = parseArn(arn);
  if (key && key.account !== account) return known('customer');
  if (!managed.known) return managed;
  return known(managed.value.has(key?.resource.replace('key/', '') ?? arn) ? 'aws' : 'customer');
}
