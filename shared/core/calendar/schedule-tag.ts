import { type Evidence, known, unknown } from '../evidence.ts';
import type { Tags } from '../facts.ts';
import type { Policy } from '../policy.ts';

/** The tag that puts a resource under a schedule of the policy, by the schedule's name. */
export const SCHEDULE_TAG = 'lamplighter:schedule';

/** The name of the schedule that a resource is under; unknown when the policy has none of that name; nothing without the tag. */
export function scheduleOf(tags: Tags, { schedules }: Pick<Policy, 'schedules'>): Evidence<string> | undefined {
  const name = tags[SCHEDULE_TAG]?.trim();
  if (name === undefined) return undefined;
  if (Object.hasOwn(schedules, name)) return known(name);
  const there = Object.keys(schedules).join(', ') || 'none';
  return unknown(`the tag ${SCHEDULE_TAG} names no schedule of the policy; there are: ${there}`);
}
