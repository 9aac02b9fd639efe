import type { Surge } from './surge.ts';

/** What a careful tool must find out about a machine. */
export type SizingLabel =
  /** Two sizes too big, by CPU and memory. */
  | 'oversized'
  /** The same, but nobody measures its memory. Instances only. */
  | 'memory-unknown'
  /** Uses three tenths of its CPU at any time: half of it is enough, until it has to do twice as much. */
  | 'steady'
  | 'right-sized'
  /** Short of CPU at noon on workdays. */
  | 'undersized'
  /** Hardly uses its CPU, and nearly all of its memory. */
  | 'memory-bound'
  /** Uses more memory than it has, and swaps. */
  | 'memory-short'
  /** Idle but for one full hour a day. */
  | 'bursty'
  /** Would be oversized, if it did not grow by 1.2 % of its beginnings every day. */
  | 'growing'
  /** Would be oversized, if it were not for the sale days, which lie beyond any usual window. */
  | 'sale-day'
  /** A burstable instance that has used up its credits, and pays for more. Instances only. */
  | 'out-of-credits'
  | 'long-stopped';

export type VolumeLabel =
  /** Attached to nothing since a month and a half at least. */
  | 'unattached'
  /** Detached within the last three weeks. */
  | 'just-detached'
  /** gp2 that gp3 replaces as it is. */
  | 'gp2'
  /** gp2 so big that it has, and uses, more than the 3,000 IOPS of a plain gp3. */
  | 'gp2-fast'
  /** Provisioned IOPS that nobody ever used. */
  | 'iops-unused'
  /** Provisioned IOPS that are used. */
  | 'iops-used'
  | 'gp3';

export type SnapshotLabel =
  /** Its volume is gone, and no image is made of it. */
  | 'orphan'
  /** Its volume is gone, but an image is made of it. */
  | 'of-image'
  | 'of-volume';

export interface SizingTruth {
  readonly arn: string;
  readonly kind: 'instance' | 'database' | 'volume' | 'snapshot';
  /** Instance id, database identifier, volume id, snapshot id. */
  readonly id: string;
  readonly label: SizingLabel | VolumeLabel | SnapshotLabel;
  /** What it was bought as: an instance type, a class, a volume type. */
  readonly boughtAs: string;
  /** The most that was ever demanded of a machine. */
  readonly need?: { readonly vcpus: number; readonly memoryMib: number };
  /** Changes the demand on a machine from now on. */
  readonly surge?: Surge;
}

/** Every resource of a sizing fleet and its label. */
export class SizingFleet {
  readonly #byId = new Map<string, SizingTruth>();
  /** Days on which demand was far above the usual, as a policy would list them. */
  readonly saleDays: readonly Date[];

  constructor(saleDays: readonly Date[]) {
    this.saleDays = saleDays;
  }

  add(truth: SizingTruth): void {
    this.#byId.set(truth.id, truth);
  }

  /** By instance id, database identifier, volume id or snapshot id. */
  of(id: string): SizingTruth | undefined {
    return this.#byId.get(id);
  }

  all(kind?: SizingTruth['kind']): readonly SizingTruth[] {
    return [...this.#byId.values()].filter((one) => kind === undefined || one.kind === kind);
  }

  labelled(label: SizingTruth['label'], kind?: SizingTruth['kind']): readonly SizingTruth[] {
    return this.all(kind).filter((one) => one.label === label);
  }
}
