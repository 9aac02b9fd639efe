import type { Service } from '../service.ts';
import { createBrokers } from './brokers.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';

/** SNS and SQS share their brokers: a topic delivers to the queues next to it. */
export function createMessaging(): { sns: Service; sqs: Service; close(): Promise<void> } {
  const brokers = createBrokers();
  return { sns: sns(brokers), sqs: sqs(brokers), close: () => brokers.close() };
}
