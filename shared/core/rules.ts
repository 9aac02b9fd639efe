import type { EvidenceKind, Facts } from './facts.ts';
import type { RuleId } from './policy.ts';
import { databaseVolumeType, databaseVolumeTypeSettings } from './rules/database-volume-type.ts';
import type { JudgeContext } from './rules/exempt.ts';
import { idleDatabase, idleDatabaseSettings } from './rules/idle-database.ts';
import { idleInstance, idleInstanceSettings } from './rules/idle-instance.ts';
import { longStoppedInstance, longStoppedInstanceSettings } from './rules/long-stopped-instance.ts';
import { orphanSnapshot, orphanSnapshotSettings } from './rules/orphan-snapshot.ts';
import { oversizedDatabase, oversizedDatabaseSettings } from './rules/oversized-database.ts';
import { oversizedInstance, oversizedInstanceSettings } from './rules/oversized-instance.ts';
import { unattachedVolume, unattachedVolumeSettings } from './rules/unattached-volume.ts';
import { undersizedDatabase, undersizedDatabaseSettings } from './rules/undersized-database.ts';
import { undersizedInstance, undersizedInstanceSettings } from './rules/undersized-instance.ts';
import { volumeType, volumeTypeSettings } from './rules/volume-type.ts';
import type { Judgement } from './verdict.ts';

/** What a rule's file registers. */
export type Rule = {
  [Type in Facts['type']]: {
    readonly type: Type;
    /** Judges one resource of the type. Pure. */
    readonly judge: (facts: Extract<Facts, { type: Type }>, context: JudgeContext) => Judgement;
    /** The evidence that its verdict rests on, to be drawn. */
    readonly shows: readonly EvidenceKind[];
  };
}[Facts['type']];

/**
 * Every rule there is, with its section of the policy. To add one: its file, its test, and a line here and in `RULES`. Where
 * two want the same resource, the one that comes first here has it.
 */
export const RULE_SETTINGS = {
  'idle-database': idleDatabaseSettings,
  'idle-instance': idleInstanceSettings,
  'unattached-volume': unattachedVolumeSettings,
  'oversized-instance': oversizedInstanceSettings,
  'oversized-database': oversizedDatabaseSettings,
  'volume-type': volumeTypeSettings,
  'database-volume-type': databaseVolumeTypeSettings,
  'undersized-instance': undersizedInstanceSettings,
  'undersized-database': undersizedDatabaseSettings,
  'long-stopped-instance': longStoppedInstanceSettings,
  'orphan-snapshot': orphanSnapshotSettings,
} as const;

export const RULE_IDS = Object.keys(RULE_SETTINGS) as RuleId[];

/** How each of them judges. Apart, so that a function which only reads the policy is packaged without the judges. */
export const RULES = {
  'idle-database': idleDatabase,
  'idle-instance': idleInstance,
  'unattached-volume': unattachedVolume,
  'oversized-instance': oversizedInstance,
  'oversized-database': oversizedDatabase,
  'volume-type': volumeType,
  'database-volume-type': databaseVolumeType,
  'undersized-instance': undersizedInstance,
  'undersized-database': undersizedDatabase,
  'long-stopped-instance': longStoppedInstance,
  'orphan-snapshot': orphanSnapshot,
} as const satisfies Record<RuleId, Rule>;

/** Every kind of evidence that exists for a type of resource: what a full explanation reads. */
export const EVIDENCE_OF = {
  instance: [
    'peakCpuPercent',
    'networkBytes',
    'instanceStore',
    'volumes',
    'stopProtection',
    'hourlyPrice',
    'prices',
    'offered',
    'cpuDays',
    'cpuHours',
    'memoryDays',
    'memoryHours',
    'creditHours',
    'traffic',
  ],
  database: [
    'peakConnections',
    'peakIops',
    'hourlyPrice',
    'prices',
    'offered',
    'classChanges',
    'peakCpuPercent',
    'cpuDays',
    'cpuHours',
    'memoryDays',
    'memoryHours',
    'creditHours',
    'traffic',
  ],
  volume: ['attachedDays', 'peakOperations', 'peakBytes', 'prices'],
  snapshot: [],
} as const satisfies Record<Facts['type'], readonly EvidenceKind[]>;

/** One rule's word on one resource. */
export interface Judged {
  readonly facts: Facts;
  readonly rule: RuleId;
  readonly judgement: Judgement;
}

/** Each resource judged by each of the rules that judge its type. */
export function judgeAll(resources: readonly Facts[], rules: readonly RuleId[], context: JudgeContext): Judged[] {
  return resources.flatMap((facts) =>
    rules.flatMap((rule) => {
      const judgement = judgeOne(RULES[rule], facts, context);
      return judgement ? [{ facts, rule, judgement }] : [];
    }),
  );
}

function judgeOne(rule: Rule, facts: Facts, context: JudgeContext): Judgement | undefined {
  if (rule.type === 'instance' && facts.type === 'instance') return rule.judge(facts, context);
  if (rule.type === 'database' && facts.type === 'database') return rule.judge(facts, context);
  if (rule.type === 'volume' && facts.type === 'volume') return rule.judge(facts, context);
  if (rule.type === 'snapshot' && facts.type === 'snapshot') return rule.judge(facts, context);
  return undefined;
}
