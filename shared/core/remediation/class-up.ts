import type { DatabaseFacts } from '../facts.ts';
import { isPassing } from '../passing-status.ts';
import { codeOwnerOf } from '../rules/infrastructure-code.ts';
import { resizeStep } from '../rules/resize.ts';
import type { AlarmedDatabase, Remedy } from './runbook.ts';
import { leftTo, leftUnknown } from './words.ts';

type Verdict = Omit<Remedy, 'evidence' | 'charts'>;

const LOOK = 'see what loads it: the evidence here, then Performance Insights or the log of slow statements';

/**
 * A database one class larger, for a person to say yes to: it is dearer, and the change of a class is an outage of minutes, with
 * Multi-AZ of a failover (RDS User Guide, "Modifying an Amazon RDS DB instance").
 */
export function classUp({ facts: database, classUp: up }: AlarmedDatabase, because: string): Verdict {
  const why = whyNotResized(database);
  if (why) return leftTo(LOOK, `${because}; ${why}`);
  if (isPassing(database.status))
    return { ...leftTo(LOOK, `${because}; its status is ${database.status}, not available`), passes: 'soon' };
  if (!up.known) return leftUnknown(LOOK, `${because}; a larger class is unknown: ${up.why}`);
  if (!up.value) return leftTo(LOOK, `${because}; there is no larger class of its kind`);
  const { from, to, monthlyMore } = up.value;
  const step = resizeStep(database, to);
  const owner = codeOwnerOf(database.tags);
  if (owner) return leftTo(step, `${because}; owned by ${owner.name}, which would take another class back`);
  return {
    act: {
      action: { kind: 'resize-database', direction: 'gives', database: database.identity, from, to },
      undo: { reversibility: 'full' },
      onlyApproved: true,
      monthlyMore,
    },
    because: `${because}; ${to} is one step up from ${from}`,
    next: step,
  };
}

/** Why the class of a database is left as it is, whatever it needs. */
export function whyNotResized(database: DatabaseFacts): string | undefined {
  const { form, memberOf, engine, status, pendingModifications, processorFeatures } = database;
  if (form === 'cluster' || memberOf)
    return 'the instances of a cluster are not resized: a failover moves the load from one to another';
  if (engine.startsWith('custom-')) return 'RDS Custom decides for itself';
  if (status !== 'available' && !isPassing(status)) return `its status is ${status}, not available`;
  if (pendingModifications.length > 0)
    return `its pending modifications (${pendingModifications.join(', ')}) would be applied together with a larger class`;
  if (processorFeatures) return `its processor features (${processorFeatures.join(', ')}) are not those of its class`;
  return undefined;
}

/** What the change itself costs. */
export const outageLine = ({ facts }: AlarmedDatabase): string =>
  facts.multiAz
    ? 'a larger class: an outage of one to two minutes, while Multi-AZ fails over'
    : 'a larger class: an outage of minutes, for it is Single-AZ';
