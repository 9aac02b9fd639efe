import type { Event, SourceType } from '@aws-sdk/client-rds';

/** An event as DescribeEvents shows it. */
export interface StoredEvent extends Event {
  SourceIdentifier: string;
  SourceType: SourceType;
  Message: string;
  Date: Date;
}

/** What RDS says when a database changes its state. DescribeEvents shows the words, not the numbers. */
export const EVENTS = {
  'db-instance': {
    created: 'DB instance created', // RDS-EVENT-0005
    stopped: 'DB instance stopped', // RDS-EVENT-0087
    started: 'DB instance started', // RDS-EVENT-0088
    restarted: 'DB instance is being started due to it exceeding the maximum allowed time being stopped.', // 0154
  },
  'db-cluster': {
    created: 'DB cluster created', // RDS-EVENT-0170
    stopped: 'DB cluster stopped', // RDS-EVENT-0150
    started: 'DB cluster started', // RDS-EVENT-0151
    restarted: 'DB cluster is being started due to it exceeding the maximum allowed time being stopped.', // 0153
  },
} as const;

export type EventName = keyof (typeof EVENTS)['db-instance'];

/** What RDS says while it changes an instance. */
export const CHANGES = {
  modifyingClass: 'Applying modification to database instance class', // RDS-EVENT-0012
  modifiedClass: 'Finished applying modification to DB instance class', // RDS-EVENT-0014
  modifyingStorage: 'Applying modification to allocated storage', // RDS-EVENT-0018
  modifiedStorage: 'Finished applying modification to allocated storage', // RDS-EVENT-0017
  failingOver: 'Multi-AZ instance failover started.', // RDS-EVENT-0013
  failedOver: 'Multi-AZ instance failover completed', // RDS-EVENT-0049
} as const;

export type ChangeName = keyof typeof CHANGES;
