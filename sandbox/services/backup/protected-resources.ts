import type { ListProtectedResourcesInput, ListProtectedResourcesOutput } from '@aws-sdk/client-backup';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

/** What AWS Backup has backed up, up to a thousand a page. */
export const listProtectedResources: Operation<ListProtectedResourcesInput, ListProtectedResourcesOutput> = (
  { MaxResults = 1000, NextToken },
  { region: { backup } },
) => {
  if (MaxResults < 1 || MaxResults > 1000) throw invalid('MaxResults must be between 1 and 1000');
  const page = pageOf([...backup.protectedResources.values()], {
    limit: MaxResults,
    token: NextToken,
    keyOf: (one) => one.ResourceArn ?? '',
    invalidToken: () => invalid('Invalid NextToken'),
  });
  return { Results: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);
