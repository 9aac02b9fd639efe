import type { ServiceName } from '../names.ts';
import { AwsError } from './errors.ts';

/** How a service says no. The names differ by service; clients and retry logic go by them. */
export interface Refusals {
  throttled(): AwsError;
  broken(): AwsError;
  denied(principal: string, operation: string): AwsError;
  /** The access key is nobody's, or the region is not enabled for the account. */
  unknownKey(): AwsError;
}

/** IAM's name of an operation. */
const action = (service: ServiceName, operation: string): string => `${service}:${operation}`;

const INVALID_TOKEN = 'The security token included in the request is invalid.';

function querySays(service: ServiceName): Refusals {
  return {
    throttled: () => new AwsError('Throttling', 'Rate exceeded'),
    broken: () =>
      new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', 500),
    denied: (principal, operation) =>
      new AwsError('AccessDenied', notAuthorized(principal, action(service, operation)), 403),
    unknownKey: () => new AwsError('InvalidClientTokenId', INVALID_TOKEN, 403),
  };
}

function jsonSays(service: ServiceName, codes: { readonly throttled: string; readonly broken: string }): Refusals {
  return {
    throttled: () => new AwsError(codes.throttled, 'Rate exceeded'),
    broken: () => new AwsError(codes.broken, 'Internal server error', 500),
    denied: (principal, operation) =>
      new AwsError('AccessDeniedException', notAuthorized(principal, action(service, operation))),
    unknownKey: () => new AwsError('UnrecognizedClientException', INVALID_TOKEN),
  };
}

const EC2: Refusals = {
  throttled: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  broken: () => new AwsError('InternalError', 'An internal error has occurred', 500),
  denied: (principal, operation) =>
    new AwsError(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. ${notAuthorized(principal, action('ec2', operation))}`,
      403,
    ),
  unknownKey: () => new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401),
};

const notAuthorized = (principal: string, iamAction: string): string =>
  `User: ${principal} is not authorized to perform: ${iamAction} because no identity-based policy allows the ${iamAction} action`;

export const REFUSALS: Readonly<Record<ServiceName, Refusals>> = {
  'application-autoscaling': jsonSays('application-autoscaling', {
    throttled: 'ThrottlingException',
    broken: 'InternalServiceException',
  }),
  autoscaling: querySays('autoscaling'),
  backup: jsonSays('backup', { throttled: 'ThrottlingException', broken: 'ServiceUnavailableException' }),
  ce: jsonSays('ce', { throttled: 'LimitExceededException', broken: 'InternalFailure' }),
  cloudtrail: jsonSays('cloudtrail', { throttled: 'ThrottlingException', broken: 'InternalFailure' }),
  cloudwatch: jsonSays('cloudwatch', { throttled: 'ThrottlingException', broken: 'InternalServiceFault' }),
  dynamodb: jsonSays('dynamodb', {
    throttled: 'ProvisionedThroughputExceededException',
    broken: 'InternalServerError',
  }),
  ec2: EC2,
  ecs: jsonSays('ecs', { throttled: 'ThrottlingException', broken: 'ServerException' }),
  elasticache: querySays('elasticache'),
  kms: jsonSays('kms', { throttled: 'ThrottlingException', broken: 'KMSInternalException' }),
  pi: jsonSays('pi', { throttled: 'ThrottlingException', broken: 'InternalServiceError' }),
  pricing: jsonSays('pricing', { throttled: 'ThrottlingException', broken: 'InternalErrorException' }),
  rds: querySays('rds'),
  redshift: querySays('redshift'),
  sns: querySays('sns'),
  sqs: jsonSays('sqs', { throttled: 'RequestThrottled', broken: 'InternalFailure' }),
  ssm: jsonSays('ssm', { throttled: 'ThrottlingException', broken: 'InternalServerError' }),
  sts: querySays('sts'),
  tag: jsonSays('tag', { throttled: 'ThrottledException', broken: 'InternalServiceException' }),
};
