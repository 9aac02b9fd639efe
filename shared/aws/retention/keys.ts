import { type KMSClient, paginateListAliases } from '@aws-sdk/client-kms';
import type { Evidence } from '../../core/evidence.ts';
import { known } from '../../core/evidence.ts';
import { type Arn, parseArn, type Scope } from '../../core/identity.ts';
import type { SnapshotKey } from '../../core/retention/facts.ts';
import { everyItem } from '../pages.ts';

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

/** Whose the key is. One of another account was made by people: AWS's own serve only the account that they are in. */
export function managerOf(arn: Arn, { account }: Scope, managed: ManagedKeys): SnapshotKey['manager'] {
  const key = parseArn(arn);
  if (key && key.account !== account) return known('customer');
  if (!managed.known) return managed;
  return known(managed.value.has(key?.resource.replace('key/', '') ?? arn) ? 'aws' : 'customer');
}
