import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import type { Alarm } from '../../shared/core/remediation/alarm.ts';
import { type Choice, chooseRunbook } from '../../shared/core/remediation/choose.ts';
import type { SortedAlarm } from '../../shared/core/remediation/fold.ts';
import type { GuardContext } from '../../shared/core/remediation/guards.ts';
import { keyOfSubject, subjectOf } from '../../shared/core/remediation/subject.ts';
import { modeOfRunbook } from '../../shared/core/remediation/terms.ts';
import type { FoundResource, RemediationReader } from '../../shared/ports-remediation.ts';

/** An alarm with what it is about, and which runbook it has or why it has none. */
export interface Sorted extends SortedAlarm {
  readonly choice: Choice;
  /** Nothing: its resource is not there. Of an alarm about none: nothing. */
  readonly found: Evidence<FoundResource | undefined>;
}

/** Reads what alarms are about, each resource once, and chooses their runbooks. */
export async function sortThem(
  reader: Pick<RemediationReader, 'resources'>,
  alarms: readonly Alarm[],
  { policy }: Pick<GuardContext, 'policy'>,
): Promise<Sorted[]> {
  const places = Map.groupBy(alarms, ({ scope: { account, region } }) => `${account} ${region}`);
  const found = new Map((await Promise.all([...places.values()].map((some) => resourcesOf(reader, some)))).flat());
  return alarms.map((alarm): Sorted => {
    const subject = subjectOf(alarm);
    const one =
      subject.type === 'none' ? known(undefined) : (found.get(keyOfSubject(subject, alarm.scope)) ?? NOT_READ);
    const { facts, parent } = (one.known && one.value) || {};
    const tags = one.known ? known(facts?.tags ?? {}) : one;
    const choice = chooseRunbook({ alarm, subject, tags }, policy.remediation);
    const { runbook } = choice;
    const off = runbook && modeOfRunbook(policy, runbook) === 'off' ? { off: true as const } : {};
    return {
      alarm,
      subject,
      choice,
      found: one,
      ...(runbook ? { runbook } : {}),
      ...off,
      ...(parent ? { parent } : {}),
    };
  });
}

const NOT_READ = unknown('it was asked for and not answered');

/** Of alarms in one place. */
async function resourcesOf(reader: Pick<RemediationReader, 'resources'>, alarms: readonly Alarm[]) {
  const subjects = alarms.flatMap((alarm) => {
    const subject = subjectOf(alarm);
    return subject.type === 'none' ? [] : [[keyOfSubject(subject, alarm.scope), subject] as const];
  });
  const [first] = alarms;
  return first && subjects.length > 0
    ? [...(await reader.resources(first.scope, [...new Map(subjects).values()]))]
    : [];
}
