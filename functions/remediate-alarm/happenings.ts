import { describeDone } from '../../shared/core/action.ts';
import type { Change } from '../../shared/core/change.ts';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import type { Happening } from '../../shared/core/remediation/runbook.ts';
import type { ToldIncident, ToldPart } from '../../shared/core/remediation/told.ts';
import type { TopLoad } from '../../shared/core/remediation/top-load.ts';
import type { TimeRange } from '../../shared/ports.ts';
import type { Sources } from './gather.ts';

/** CloudTrail answers two questions a second: of a storm, so many resources are asked about. */
const MOST_ASKED = 5;

/** People wait for the message; who answers later is left out. */
const DEADLINE_MS = 15_000;

const HOUR_MS = 3_600_000;

/**
 * With what happened to each resource in the hour before its alarm, by CloudTrail and by ourselves, and with what loads a saturated
 * database. It never fails.
 */
export async function withHappenings(
  sources: Sources,
  incidents: readonly ToldIncident[],
  now: Date,
): Promise<readonly ToldIncident[]> {
  const asked = new Set(incidents.flatMap(({ parts }) => parts.filter(isAsked)).slice(0, MOST_ASKED));
  const deadline = sources.wait(DEADLINE_MS).then(() => unknown('nobody answered in time'));
  const told = async (part: ToldPart): Promise<ToldPart> => {
    if (!asked.has(part)) return part;
    const [happenings, load] = await Promise.all([
      Promise.race([happeningsOf(sources, part), deadline]),
      loadOf(sources, part, { now, deadline }),
    ]);
    return { ...part, happenings, ...load };
  };
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

interface Until {
  readonly now: Date;
  readonly deadline: Promise<Evidence<never>>;
}

async function loadOf(
  { reader }: Sources,
  { counted, alarms: [alarm] }: ToldPart,
  { now, deadline }: Until,
): Promise<Pick<ToldPart, 'topLoad'>> {
  if (!counted || !alarm) return {};
  const range: TimeRange = { from: new Date(now.getTime() - HOUR_MS), to: now };
  const unread = (why: Evidence<never>): TopLoad => ({ of: counted.name, waits: why, statements: why });
  const read = reader.topLoad(alarm.scope, counted, range);
  const failed = (error: unknown) => unread(unknown(error instanceof Error ? error.name : 'nobody answered'));
  return { topLoad: await Promise.race([read.catch(failed), deadline.then(unread)]) };
}

/** What Lamplighter itself did then. */
function ours({ planId, appliedAt, proposal }: Change, { from, to }: TimeRange): Happening[] {
  const at = appliedAt === undefined ? undefined : new Date(appliedAt);
  if (!at || at < from || at >= to) return [];
  return [{ at, what: `our ${proposal.action.kind}: it is ${describeDone(proposal.action)} (${planId})`, by: 'us' }];
}
