import type { AliasListEntry, ListAliasesRequest, ListAliasesResponse } from '@aws-sdk/client-kms';
import type { Region } from '../../estate/account.ts';
import { defaultRdsKey } from '../../estate/kms-state.ts';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

/** Up to a hundred aliases of the account in the region, 50 unless asked otherwise. */
export const listAliases: Operation<ListAliasesRequest, ListAliasesResponse> = (
  { Limit = 50, Marker, KeyId },
  { region },
) => {
  if (Limit < 1 || Limit > 100) throw new AwsError('ValidationException', `Limit must be between 1 and 100: ${Limit}`);
  const asked = aliasesOf(region).filter(({ TargetKeyId }) => KeyId === undefined || TargetKeyId === KeyId);
  const page = pageOf(asked, {
    limit: Limit,
    token: Marker,
    keyOf: (one) => one.AliasName ?? '',
    invalidToken: () => new AwsError('InvalidMarkerException', 'The marker is not valid.'),
  });
  const more = page.token === undefined ? {} : { NextMarker: page.token };
  return { Aliases: [...page.items], Truncated: page.token !== undefined, ...more };
};

/** AWS's own: the one for RDS, and one of a service that was never used, which therefore has no key yet. */
function aliasesOf({ place, kms }: Region): AliasListEntry[] {
  const aliasOf = (AliasName: string): AliasListEntry => ({
    AliasName,
    AliasArn: `arn:aws:kms:${place.region}:${place.account}:${AliasName}`,
  });
  return [
    { ...aliasOf('alias/aws/rds'), TargetKeyId: defaultRdsKey(place).split('key/').at(-1) },
    aliasOf('alias/aws/dynamodb'),
    ...[...kms.aliases].map(([name, TargetKeyId]) => ({ ...aliasOf(name), TargetKeyId })),
  ];
}
