import type { Change } from '../core/change.ts';
import { type Evidence, known } from '../core/evidence.ts';
import { type DailySeries, type Facts, isMetric } from '../core/facts.ts';
import type { Arn } from '../core/identity.ts';
import { fillStopped, hasGaps, stopsIn } from '../core/known-idle.ts';
import type { ChangeHistory, Estate, Ledger, ScopeReader, TimeRange } from '../ports.ts';

/** What Lamplighter did to a resource that may matter for a range of time. */
type PastChanges = (resource: Arn, range: TimeRange) => Promise<readonly Change[]>;

/** Asks the ledger for each resource: for whoever looks at a few. */
export const oneByOne =
  (history: ChangeHistory): PastChanges =>
  (resource) =>
    history.changesOf(resource);

/**
 * Asks the ledger for everything at once, and once for all resources of a scan. What schedules stopped is not among it: it is
 * tens of thousands of changes, and says nothing of who used what.
 */
export function allAtOnce({ changes }: Pick<Ledger, 'changes'>): PastChanges {
  const ask = async (since: Date) =>
    Map.groupBy(await changes(since, 'unscheduled'), ({ proposal }) => proposal.resource.arn);
  let asked: { readonly about: string; readonly changes: ReturnType<typeof ask> } | undefined;
  return async (resource, { from, to }) => {
    const about = `${from.toISOString()}/${to.toISOString()}`;
    if (asked?.about !== about) asked = { about, changes: ask(from) };
    try {
      return (await asked.changes).get(resource) ?? [];
    } catch (error) {
      asked = undefined; // whoever asks next tries again
      throw error;
    }
  };
}

/**
 * An estate in which days on which Lamplighter itself kept a database stopped are known to be idle. The ledger is asked
 * only when a series of metrics has gaps.
 */
export const countingStops = (estate: Estate, past: PastChanges): Estate => ({
  open: async (scope) => readerCountingStops(await estate.open(scope), past),
});

function readerCountingStops(reader: ScopeReader, past: PastChanges): ScopeReader {
  const filled = async (facts: Facts, series: Evidence<DailySeries>, range: TimeRange) => {
    // An instance is as old as its last start: what was stopped within the window is too young to be judged.
    if (facts.type !== 'database' || !series.known || !hasGaps(series.value, range.to)) return series;
    const stops = stopsIn(await past(facts.identity.arn, range), facts.identity, range.to);
    return known(fillStopped(series.value, stops, range.to));
  };
  return {
    ...reader,
    read: async (wants, range) => {
      const answers = await reader.read(wants, range);
      for (const [facts, kind] of wants) {
        const answer = isMetric(kind, facts.type) ? answers.get(facts.identity.arn) : undefined;
        if (answer) answers.set(facts.identity.arn, await filled(facts, answer as Evidence<DailySeries>, range));
      }
      return answers;
    },
    readMetrics: async (facts, kinds, range) => {
      const answers = await reader.readMetrics(facts, kinds, range);
      for (const [kind, series] of answers) answers.set(kind, await filled(facts, series, range));
      return answers;
    },
  };
}
