import { GetProductsCommand, type PricingClient } from '@aws-sdk/client-pricing';
import type { Answer } from '../../ports-check.ts';
import { answerTo } from './answer.ts';

/** Whether the public price list may be read: one product. */
export const pricesCheck = (client: PricingClient) => (): Promise<Answer> =>
  answerTo(() => client.send(new GetProductsCommand({ ServiceCode: 'AmazonEC2', MaxResults: 1 })));
