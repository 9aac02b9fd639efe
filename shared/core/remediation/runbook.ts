import type { Action, Undo } from '../action.ts';
import type { Evidence } from '../evidence.ts';
import type { DatabaseFacts, InstanceFacts } from '../facts.ts';
import type { Money } from '../money.ts';
import type { HourlySeries } from '../sizing/demand.ts';
import type { Drawing } from '../sparkline.ts';
import type { Alarm, AlarmMetric, StateChange } from './alarm.ts';

/** What may be done about an alarm: one file each in `runbooks/`. */
export const RUNBOOK_IDS = [
  'database-storage-low',
  'database-saturated',
  'replica-lag',
  'instance-unwell',
  'credits-exhausted',
  'idle-alarm',
  'host-evidence',
] as const;
export type RunbookId = (typeof RUNBOOK_IDS)[number];

/** What an alarm is about, as far as its dimensions say. */
export type Subject =
  | {
      readonly type: 'database';
      readonly form: 'instance' | 'cluster';
      readonly name: string;
      /** Of which members of a cluster: `WRITER` or `READER`; absent: of all of it. */
      readonly role?: string;
    }
  | { readonly type: 'instance'; readonly id: string }
  | { readonly type: 'none'; readonly why: string };

/** A metric over time. A value that is absent was not measured, which is never zero. */
export interface MinuteSeries {
  readonly from: Date;
  readonly stepSeconds: number;
  readonly values: readonly (number | undefined)[];
}

/** One top metric of the evidence, over the hours before the alarm. */
export interface EvidenceMetric {
  readonly metric: AlarmMetric;
  /** For people: `free storage`. */
  readonly what: string;
  /** `%`, `GiB`, `connections`, ... */
  readonly unit: string;
  readonly series: Evidence<MinuteSeries>;
}

/** The resource of an alarm, read afresh. */
export type AlarmedResource = AlarmedDatabase | AlarmedInstance;

export interface AlarmedDatabase {
  readonly type: 'database';
  readonly facts: DatabaseFacts;
  /** As far as RDS's events of 14 days tell; absent when its storage was not changed. */
  readonly storageChanges?: StorageChanges;
  /** GiB up to which RDS itself lets the storage grow (storage autoscaling); absent when that is off. */
  readonly growsItselfTo?: number;
  readonly replicas: readonly { readonly name: string; readonly lagSeconds: Evidence<number> }[];
  /** Free storage in bytes, the least of each hour, of 14 days. */
  readonly freeStorageHours: Evidence<HourlySeries>;
  /** The classes with their vCPUs and memory that AWS offers there, for a class one step up. */
  readonly classUp: Evidence<
    { readonly from: string; readonly to: string; readonly monthlyMore: Evidence<Money> } | undefined
  >;
  /** Where it is on, its top waits and statements are asked for once everything is handed over. */
  readonly performanceInsights: 'on' | 'off';
}

export interface StorageChanges {
  /** When the last one began, or was through. */
  readonly last: Date;
  /** When each began. */
  readonly begun: readonly Date[];
}

export interface AlarmedInstance {
  readonly type: 'instance';
  readonly facts: InstanceFacts;
  readonly systemStatus: Evidence<'ok' | 'impaired' | 'initializing'>;
  /** Since when its system status check fails. */
  readonly systemImpairedSince?: Date;
  /** AWS tries to bring it to another host by itself (simplified automatic recovery). */
  readonly recoversItself?: true;
  readonly instanceStatus: Evidence<'ok' | 'impaired' | 'initializing'>;
  /** Whether its EBS volumes are reachable; older types have no such check. */
  readonly attachedEbsStatus: Evidence<'ok' | 'impaired' | 'initializing' | 'not-applicable'>;
  /** Events that AWS has scheduled for it, e.g. `instance-retirement`. */
  readonly scheduledEvents: readonly string[];
  /** Whether a stop would lose local disks. */
  readonly instanceStore: Evidence<boolean>;
  readonly stopProtection: Evidence<boolean>;
  /** Of burstable types: `standard` or `unlimited`. */
  readonly credits?: Evidence<'standard' | 'unlimited'>;
  readonly typeUp: Evidence<
    { readonly from: string; readonly to: string; readonly monthlyMore: Evidence<Money> } | undefined
  >;
}

/** Something that happened to the resource, or beside it, in the hour before the alarm. */
export interface Happening {
  readonly at: Date;
  /** `ModifyDBInstance by role/deploy`, `our resize-database (right-size-...)`, `deployment d-ABC of shop` */
  readonly what: string;
  readonly by: 'us' | 'a person' | 'AWS' | 'a deployment';
}

/** All that a runbook judges. */
export interface RunbookFacts {
  readonly alarm: Alarm;
  readonly history: readonly StateChange[];
  readonly resource: AlarmedResource;
  readonly metrics: readonly EvidenceMetric[];
  /** How often its storage has grown within 30 days without anybody being asked; absent where that is nobody's question. */
  readonly unattendedGrowths?: number;
  readonly now: Date;
}

/** What a runbook says: what to do, or that nothing is to be done by a program, and what a person should see. */
export interface Remedy {
  readonly act?: {
    readonly action: Action;
    readonly undo: Undo;
    /** It waits for an approval whatever the mode is. */
    readonly onlyApproved: boolean;
    /** What it costs more a month, at list price; absent where it costs nothing more. */
    readonly monthlyMore?: Evidence<Money>;
  };
  readonly because: string;
  /** Nothing is to be done because something is not known. */
  readonly unknown?: true;
  /** Nothing is to be done now, because of what ends by itself: then, or soon. */
  readonly passes?: 'soon' | Date;
  /** Hours count, whatever is done: people are told as loudly as can be. */
  readonly urgent?: true;
  /** Lines for people: what was measured and what follows from it. */
  readonly evidence: readonly string[];
  readonly charts: readonly Drawing[];
  /** What a person does next, exactly, when nothing is done here. */
  readonly next: string;
}

export type Runbook = (facts: RunbookFacts, settings: RunbookSettings) => Remedy;

/** What the policy lets runbooks do. */
export interface RunbookSettings {
  /** Of what is allocated: 0.5 is half as much again. */
  readonly growAtMostShare: number;
  readonly growAtMostGiB: number;
  /** So often within 30 days without an approval. */
  readonly growAtMostTimes: number;
  readonly rebootInFreeze: boolean;
  /** Of the times in the words (IANA name). */
  readonly timezone: string;
}
