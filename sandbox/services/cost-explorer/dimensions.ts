import type { StoredLine } from '../../estate/billing.ts';

/** What a line has under each dimension. Cost Explorer knows more of them; nobody here asks. */
export type Dimensions = Readonly<Record<string, (line: StoredLine) => string>>;

export const DIMENSIONS: Dimensions = {
  DATABASE_ENGINE: ({ databaseEngine }) => databaseEngine ?? 'NoDatabaseEngine',
  LINKED_ACCOUNT: ({ account }) => account,
  RECORD_TYPE: ({ recordType }) => recordType,
  REGION: ({ region }) => region,
  SERVICE: ({ service }) => service,
  USAGE_TYPE: ({ usageType }) => usageType,
};

/** For GetCostAndUsageWithResources only. */
export const RESOURCE_ID: Dimensions = {
  RESOURCE_ID: ({ resource }) => resource ?? 'NoResourceId',
};
