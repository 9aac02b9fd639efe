import type { Region } from '../../estate/account.ts';
import type { Dice } from '../dice.ts';
import type { SizingLabel, SnapshotLabel, VolumeLabel } from './truth.ts';

interface Labels {
  readonly instance: SizingLabel;
  readonly database: SizingLabel;
  readonly volume: VolumeLabel;
  readonly snapshot: SnapshotLabel;
}

/** Where one resource of a sizing fleet is to be built, and as what. */
export interface Plot<Kind extends keyof Labels> {
  readonly region: Region;
  readonly dice: Dice;
  /** Decides its metrics. */
  readonly seed: number;
  /** Unique among its kind. */
  readonly number: number;
  readonly label: Labels[Kind];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Days since 1970 (UTC). */
  readonly today: number;
  readonly saleDays: ReadonlySet<number>;
}
