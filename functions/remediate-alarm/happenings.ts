import { describeDone } from '../../shared/core/action.ts';
import type { Change } from '../../shared/core/change.ts';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import type { Happening } from '../../shared/core/remediation/runbook.ts';
import type { ToldIncident, ToldPart } from '../../shared/core/remediation/told.ts';
import type { TimeRange } from '../../shared/ports.ts';
import type { Sources } from './gather.ts';

/** CloudTrail answers two questions a second: of a storm, so many resources are asked about. */
const MOST_ASKED = 5;

/** People wait for the message; who answers later is left out. */
const DEADLINE_MS = 15_000;

const HOUR_MS = 3_600_000;

/** With what happened to each resource in the hour before its alarm: by CloudTrail, and by ourselves. It never fails. */
export async function withHappenings(
  sources: Sources,
  incidents: readonly ToldIncident[],
): Promise<readonly ToldIncident[]> {
  const asked = new Set(incidents.flatMap(({ parts }) => parts.filter(isAsked)).slice(0, MOST_ASKED));
  const deadline = sources.wait(DEADLINE_MS).then(() => unknown('nobody answered in time'));
  const told = async (part: ToldPart): Promise<ToldPart> =>
    asked.has(part) ? { ...part, happenings: await Promise.race([happeningsOf(sources, part), deadline]) } : part;
  return Promise.all(
    incidents.map(async (incident) => ({ ...incident, parts: await Promise.all(incident.parts.map(told)) })),
  );
}

const isAsked = ({ resource, remedy }: ToldPart): boolean => resource !== undefined && remedy !== undefined;

async function happeningsOf(
  { reader, ledger }: Sources,
  { resource, alarms: [alarm] }: ToldPart,
): Promise<Evidence<readonly Happening[]>> {
  if (!resource || !alarm) return unknown('it is about no resource');
  const range: TimeRange = { from: new Date(alarm.since.getTime() - HOUR_MS), to: alarm.since };
  try {
    const [happened, changes] = await Promise.all([
      reader.happenings(alarm.scope, resource, range),
      ledger.changesOf(resource.arn),
    ]);
    return happened.known ? known([...happened.value, ...changes.flatMap((change) => ours(change, range))]) : happened;
  } catch (error) {
    return unknown(error instanceof Error ? error.name : 'nobody answered');
  }
}

/** What Lamplighter itself did then. */
function ours({ planId, appliedAt, proposal }: Change, { from, to }: TimeRange): Happening[] {
  const at = appliedAt === undefined ? undefined : new Date(appliedAt);
  if (!at || at < from || at >= to) return [];
  return [{ at, what: `our ${proposal.action.kind}: it is ${describeDone(proposal.action)} (${planId})`, by: 'us' }];
}
