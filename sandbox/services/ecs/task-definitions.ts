import type { RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../service.ts';
import { invalid } from './errors.ts';

/** Takes any definition, and keeps none: it is always the first revision. */
export const registerTaskDefinition: Operation<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse> = (
  { family },
  { account, region },
) => {
  if (!family) throw invalid('Family should not be null or empty.');
  const taskDefinitionArn = `arn:aws:ecs:${region.name}:${account.id}:task-definition/${family}:1`;
  return { taskDefinition: { taskDefinitionArn, family, revision: 1, status: 'ACTIVE' } };
};
