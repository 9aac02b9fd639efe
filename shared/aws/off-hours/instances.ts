import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { SCHEDULE_TAG } from '../../core/calendar/schedule-tag.ts';
import { scheduledInstance } from '../../core/off-hours/found.ts';
import { findInstance, instanceFacts, livingIn } from '../ec2.ts';
import { everyItem } from '../pages.ts';
import { using } from '../using.ts';
import type { Kind } from './kind.ts';

/** EC2 instances. A call may bring a thousand: of fewer at a time less is in memory. */
export const instances: Kind = {
  list: (config, scope) =>
    using({ client: new EC2Client(config) }, ({ client }) => {
      const Filters = [{ Name: 'tag-key', Values: [SCHEDULE_TAG] }];
      return everyItem(paginateDescribeInstances({ client, pageSize: 500 }, { Filters }), (page) =>
        livingIn(page, scope).map(({ instance, account }) =>
          scheduledInstance(instanceFacts(instance, { ...scope, account })),
        ),
      );
    }),
  find: (config, scope, { id }) =>
    using({ client: new EC2Client(config) }, async ({ client }) => {
      const found = await findInstance(client, scope, { id });
      return found && scheduledInstance(found);
    }),
};
