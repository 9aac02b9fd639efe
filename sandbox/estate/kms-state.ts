import { createHash } from 'node:crypto';

/**
 * KMS of one account and region, as far as backups need it: every key is there, and may be used but for those that
 * are named here.
 */
export class KmsState {
  /** ARNs of keys that nobody may use, because they are disabled: KMSKeyNotAccessibleFault. */
  readonly inaccessible = new Set<string>();
  /** ARNs of keys that are gone. */
  readonly deleted = new Set<string>();
  /** Ids of keys that people made, by the alias that they gave them (`alias/...`). */
  readonly aliases = new Map<string, string>();
}

interface KeyPlace {
  readonly account: string;
  readonly region: string;
}

/** The key that AWS made for RDS (`alias/aws/rds`). What it encrypts cannot be shared. */
export const defaultRdsKey = (place: KeyPlace): string => keyArn(place, 'alias/aws/rds');

/** The ARN of the key that is meant by an ARN, an id, an alias or an alias's ARN. */
export function keyArn({ account, region }: KeyPlace, named: string): string {
  const [, , , at = region, owner = account, name = named] = named.startsWith('arn:') ? named.split(':') : [];
  const id = name.startsWith('alias/') ? keyIdOf(`${owner} ${at} ${name}`) : name.replace('key/', '');
  return `arn:aws:kms:${at}:${owner}:key/${id}`;
}

/** The same one for the same text. */
const keyIdOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
