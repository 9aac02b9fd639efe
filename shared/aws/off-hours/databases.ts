import { RDSClient } from '@aws-sdk/client-rds';
import { SCHEDULE_TAG } from '../../core/calendar/schedule-tag.ts';
import type { DatabaseFacts } from '../../core/facts.ts';
import { scheduledDatabase } from '../../core/off-hours/found.ts';
import { findDatabase, listDatabases } from '../rds.ts';
import { using } from '../using.ts';
import type { Kind } from './kind.ts';

/**
 * RDS instances and clusters, with those of DocumentDB and Neptune. RDS has no filter by tag: all are read, a hundred a call.
 * A tagged member of a tagged cluster is not there: it goes with the cluster.
 */
export const databases: Kind = {
  list: (config, scope) =>
    using({ client: new RDSClient(config) }, async ({ client }) => {
      const tagged = (await listDatabases(client, scope)).filter(isTagged);
      const clusters = new Set(tagged.flatMap(({ form, name }) => (form === 'cluster' ? [name] : [])));
      return tagged.filter(({ memberOf }) => !memberOf || !clusters.has(memberOf)).map(scheduledDatabase);
    }),
  find: (config, scope, identity) =>
    using({ client: new RDSClient(config) }, async ({ client }) => {
      const found = await findDatabase(client, scope, identity);
      return found && scheduledDatabase(found);
    }),
};

const isTagged = ({ tags }: DatabaseFacts): boolean => tags[SCHEDULE_TAG] !== undefined;
