import type { GuardContext } from '../../shared/core/remediation/guards.ts';
import type { Remedy } from '../../shared/core/remediation/runbook.ts';
import type { Looked, Wanted } from '../../shared/ports-remediation.ts';
import { log } from '../../shared/runtime/log.ts';
import type { DecidedIncident, DecidedPart } from './decide.ts';
import { judge, type Sources } from './gather.ts';

/** People wait for the message; who answers later is left out. */
const DEADLINE_MS = 15_000;

type Seen = Wanted & Looked;

/**
 * With what only people ask for: what was measured, the waits and statements of a database, and what it would cost. It is read
 * once all is recorded and handed over, and changes nothing of what was decided. It never fails: what nobody answers is not shown.
 */
export async function withEvidence(
  sources: Sources,
  incidents: readonly DecidedIncident[],
  context: Pick<GuardContext, 'memory' | 'policy' | 'now'>,
): Promise<readonly DecidedIncident[]> {
  const seen = incidents.flatMap(({ parts }) => parts.flatMap(({ looked }) => looked ?? []));
  const places = Map.groupBy(seen, ({ alarm: { scope } }) => `${scope.account} ${scope.region}`);
  const late = sources.wait(DEADLINE_MS).then(() => []);
  const read = await Promise.all(
    [...places.values()].map((some) => Promise.race([evidenceOf(sources, some, context), late])),
  );
  const shown = new Map(read.flat());
  const withIt = (part: DecidedPart): DecidedPart => {
    const remedy = part.looked && shown.get(part.looked);
    return remedy && part.remedy ? { ...part, remedy: shownBy(part.remedy, remedy) } : part;
  };
  return incidents.map((incident) => ({ ...incident, parts: incident.parts.map(withIt) }));
}

/** What the runbooks say of one place with all the evidence. */
async function evidenceOf(
  { reader }: Pick<Sources, 'reader'>,
  seen: readonly Seen[],
  context: Pick<GuardContext, 'memory' | 'policy' | 'now'>,
): Promise<[Seen, Remedy][]> {
  const [{ alarm }] = seen as [Seen];
  try {
    const looked = await reader.evidence(alarm.scope, seen, context.now);
    return seen.flatMap((one, index): [Seen, Remedy][] => {
      const more = looked[index];
      return more ? [[one, judge({ ...one, ...more }, context)]] : [];
    });
  } catch (error) {
    log.warn('no evidence', error as Error);
    return [];
  }
}

/** As it was decided, with what is shown by now. */
function shownBy(decided: Remedy, { evidence, charts, act }: Remedy): Remedy {
  const { monthlyMore } = act ?? {};
  const dearer = decided.act && monthlyMore ? { act: { ...decided.act, monthlyMore } } : {};
  return { ...decided, ...dearer, evidence, charts };
}
