import { AwsError } from '../../http/errors.ts';

/** RDS's errors, by the codes that it puts on the wire; the SDK's classes add `Fault`. */
export const databaseNotFound = (id: string): AwsError =>
  new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);

export const clusterNotFound = (id: string): AwsError =>
  new AwsError('DBClusterNotFoundFault', `DBCluster ${id} not found.`, 404);

export const snapshotNotFound = (id: string): AwsError =>
  new AwsError('DBSnapshotNotFound', `DBSnapshot ${id} not found.`, 404);

export const clusterSnapshotNotFound = (id: string): AwsError =>
  new AwsError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${id} not found.`, 404);

export const invalidDatabaseState = (message: string): AwsError => new AwsError('InvalidDBInstanceState', message);

export const invalidClusterState = (message: string): AwsError => new AwsError('InvalidDBClusterStateFault', message);

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

export const missing = (parameter: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${parameter}.`);

export const invalidCombination = (message: string): AwsError => new AwsError('InvalidParameterCombination', message);

export const insufficientCapacity = (dbInstanceClass: string): AwsError =>
  new AwsError(
    'InsufficientDBInstanceCapacity',
    `The requested DB instance class ${dbInstanceClass} is not available in the specified Availability Zone.`,
  );
