import { machineOf } from '../../sandbox/catalogue/machine.ts';
import type { SizingFleet, SizingTruth } from '../../sandbox/fleet/sizing/truth.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { capIn, parsePolicy, type RuleId } from '../../shared/core/policy.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import { UNCAPPED } from './truth.ts';

/** What became of a resource: the action of a rule, what a rule said for people, or nothing. */
export type Fate = `${'act' | 'suggestion' | 'finding'} ${RuleId}` | 'left';

/** What a label may come to; what it does not name is left. */
const FATES: Readonly<Record<SizingTruth['kind'], Partial<Record<SizingTruth['label'], readonly Fate[]>>>> = {
  instance: {
    oversized: ['act oversized-instance'],
    'memory-unknown': ['suggestion oversized-instance'],
    // Other types have less CPU for as much memory.
    'memory-bound': ['left', 'act oversized-instance'],
    undersized: ['finding undersized-instance'],
    'memory-short': ['finding undersized-instance'],
    'out-of-credits': ['finding undersized-instance'],
    'long-stopped': ['finding long-stopped-instance'],
  },
  database: {
    oversized: ['act oversized-database'],
    'memory-bound': ['left', 'act oversized-database'],
    undersized: ['finding undersized-database'],
    'memory-short': ['finding undersized-database'],
  },
  volume: {
    unattached: ['act unattached-volume'],
    gp2: ['left', 'act volume-type'], // a small one saves too little
    'gp2-fast': ['act volume-type'],
    'iops-unused': ['act volume-type', 'suggestion volume-type'],
  },
  snapshot: { orphan: ['finding orphan-snapshot'] },
};

/** A plan against the truth: in what they differ, one line each. What is said of the storage of databases is beside the point. */
export function sizingDifferences(plan: Plan, fleet: SizingFleet): string[] {
  const proposed = [...plan.act, ...plan.deferred].map(({ resource, rule }) => [resource.arn, `act ${rule}`] as const);
  const found = (plan.findings ?? []).map(({ resource, rule, kind }) => [resource.arn, `${kind} ${rule}`] as const);
  const fates = Map.groupBy(
    [...proposed, ...found].filter(([, fate]) => !fate.endsWith(' database-volume-type')),
    ([arn]) => arn,
  );
  const known = new Set<string>(fleet.all().map(({ arn }) => arn));
  return [
    ...[...fates.keys()].flatMap((arn) => (known.has(arn) ? [] : [`${arn} is nobody's, and was not left`])),
    ...fleet.all().flatMap(({ arn, id, kind, label, boughtAs }) => {
      const got = (fates.get(arn) ?? [[arn, 'left'] as const]).map(([, fate]) => fate).join(' and ');
      const may: readonly string[] = FATES[kind][label] ?? ['left'];
      return may.includes(got) ? [] : [`${id} (${kind} of ${boughtAs}, ${label}): ${got}, not ${may.join(' or ')}`];
    }),
  ];
}

/** What the plan would make too small for what it was ever asked for, one line each. */
export function tooSmallIn(plan: Plan, fleet: SizingFleet): string[] {
  const needs = new Map(fleet.all().flatMap(({ arn, need }) => (need ? [[arn, need] as const] : [])));
  return plan.act.flatMap(({ action, resource }) => {
    if (action.kind !== 'resize-instance' && action.kind !== 'resize-database') return [];
    const [to, need] = [machineOf(action.to.replace(/^db\./, '')), needs.get(resource.arn)];
    if (!to || !need) return [`${resource.name}: nothing is known of ${action.to} or of its need`];
    const enough = to.vcpus >= need.vcpus && to.memoryMib >= need.memoryMib;
    return enough ? [] : [`${resource.name} becomes ${action.to}, and needs ${JSON.stringify(need)}`];
  });
}

const DEFAULTS = parsePolicy({});

/** Every rule in force, and no cap that holds anything back. */
export const EVERY_RULE = Object.fromEntries(RULE_IDS.map((id) => [id, capIn(DEFAULTS, id) ? UNCAPPED : {}]));
