import type {
  DescribeScalableTargetsRequest,
  DescribeScalableTargetsResponse,
  RegisterScalableTargetRequest,
  RegisterScalableTargetResponse,
} from '@aws-sdk/client-application-auto-scaling';
import type { Region } from '../../estate/account.ts';
import { targetKey } from '../../estate/application-auto-scaling-state.ts';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

/** A page of up to fifty; of the resources that are named, those that have a target. */
export const describeScalableTargets: Operation<DescribeScalableTargetsRequest, DescribeScalableTargetsResponse> = (
  { ServiceNamespace, ResourceIds = [], ScalableDimension, MaxResults = 50, NextToken },
  { region },
) => {
  if (!ServiceNamespace) throw invalid('ServiceNamespace is required.');
  if (ResourceIds.length > 50) throw invalid('At most 50 resource ids.');
  const found = [...region.applicationAutoScaling.targets.values()].filter(
    (one) =>
      one.ServiceNamespace === ServiceNamespace &&
      (ScalableDimension === undefined || one.ScalableDimension === ScalableDimension) &&
      (ResourceIds.length === 0 || ResourceIds.includes(one.ResourceId ?? '')),
  );
  const page = pageOf(found, {
    limit: Math.min(MaxResults, 50),
    token: NextToken,
    keyOf: targetKey,
    invalidToken: () => new AwsError('InvalidNextTokenException', 'The next token is invalid.'),
  });
  return { ScalableTargets: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

/** Makes a target, or changes of it what is named; the service itself is left as it is. */
export const registerScalableTarget: Operation<RegisterScalableTargetRequest, RegisterScalableTargetResponse> = (
  input,
  { region },
) => {
  const { ServiceNamespace, ResourceId = '', ScalableDimension, MinCapacity, MaxCapacity, SuspendedState } = input;
  if (ServiceNamespace === 'ecs' && !isService(region, ResourceId)) {
    throw invalid(`ECS service doesn't exist: ${ResourceId}`);
  }
  const before = region.applicationAutoScaling.targets.get(targetKey(input));
  const [min, max] = [MinCapacity ?? before?.MinCapacity, MaxCapacity ?? before?.MaxCapacity];
  if (min === undefined || max === undefined)
    throw invalid('MinCapacity and MaxCapacity are required for a new target.');
  if (min > max) throw invalid('Maximum capacity cannot be less than minimum capacity');
  const target =
    before ??
    region.applicationAutoScaling.addTarget({
      ResourceId,
      ...(ServiceNamespace ? { ServiceNamespace } : {}),
      ...(ScalableDimension ? { ScalableDimension } : {}),
    });
  const suspended = { ...target.SuspendedState, ...SuspendedState };
  Object.assign(target, { MinCapacity: min, MaxCapacity: max, SuspendedState: suspended });
  return { ScalableTargetARN: target.ScalableTargetARN };
};

const isService = ({ ecs }: Region, resourceId: string): boolean =>
  [...ecs.services.keys()].some((arn) => arn.endsWith(`:${resourceId}`));

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
