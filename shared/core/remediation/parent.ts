import type { DatabaseFacts, InstanceFacts } from '../facts.ts';
import type { Parent } from './fold.ts';
import { keyOfSubject } from './subject.ts';

/** Auto Scaling sets it on every member. */
const GROUP_TAG = 'aws:autoscaling:groupName';

/** The cluster of a database, the Auto Scaling group of an instance: what happens to it happens to all of its members. */
export function parentOf(facts: DatabaseFacts | InstanceFacts): Parent | undefined {
  const { scope } = facts;
  if (facts.type === 'database') {
    const { memberOf: name } = facts;
    if (name === undefined) return undefined;
    return { key: keyOfSubject({ type: 'database', form: 'cluster', name }, scope), words: `the cluster ${name}` };
  }
  const group = facts.autoScalingGroup ?? facts.tags[GROUP_TAG];
  if (group === undefined) return undefined;
  const key = `${scope.account} ${scope.region} auto-scaling-group ${group}`;
  return { key, words: `the Auto Scaling group ${group}` };
}
