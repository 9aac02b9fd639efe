/**
 * The statuses of a database in which something is done to it that ends by itself, while it runs on
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html).
 */
export const BUSY_STATUSES = [
  'backing-up',
  'configuring-enhanced-monitoring',
  'configuring-iam-database-auth',
  'configuring-log-exports',
  'failing-over',
  'maintenance',
  'modifying',
  'rebooting',
  'renaming',
  'resetting-master-credentials',
  'storage-config-upgrade',
  'storage-initialization',
  'storage-optimization',
  'update-iam-db-auth',
  'upgrading',
] as const;

const PASSING: ReadonlySet<string> = new Set([...BUSY_STATUSES, 'creating', 'starting', 'stopping']);

/** Whether a status passes by itself. */
export const isPassing = (status: string): boolean => PASSING.has(status);
