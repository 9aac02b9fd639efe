import { seedOf } from '../random.ts';
import type { DayNumber } from './days.ts';

/** What a UTC day costs in the end, once everything has arrived; undefined when the day has no such cost at all. */
export type DailyCost = (day: DayNumber) => number | undefined;

/** How a cost is counted, in Cost Explorer's words. */
export type BilledMetric = 'UnblendedCost' | 'BlendedCost' | 'AmortizedCost' | 'NetUnblendedCost' | 'NetAmortizedCost';

/** One kind of thing that one account is charged for. */
export interface BillLine {
  readonly account: string;
  /** As Cost Explorer names it: `Amazon Elastic Compute Cloud - Compute`. */
  readonly service: string;
  /** With the region's prefix: `APN2-BoxUsage:m5.large`. */
  readonly usageType: string;
  /** As bills name it: `PostgreSQL`, `Aurora MySQL`. Only what is charged for a database has one. */
  readonly databaseEngine?: string;
  /** A region, `global`, or `NoRegion`. */
  readonly region: string;
  /** `Usage` (the default), `Credit`, `Refund`, `Tax`, `Support`, `Upfront`, ... */
  readonly recordType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly costCategories?: Readonly<Record<string, string>>;
  /** The id of the one resource that causes it; without it `NoResourceId`. */
  readonly resource?: string;
  readonly unblended: DailyCost;
  /** Spread over the term that it pays for; the same as `unblended` when left out. */
  readonly amortized?: DailyCost;
  /** What is left of it after discounts, 0 to 1. Default: all. */
  readonly netShare?: number;
  /** `usage` comes in hour by hour and is corrected for days, a `fee` comes in whole. Default: usage. */
  readonly arrives?: 'usage' | 'fee';
}

export interface StoredLine extends BillLine {
  readonly recordType: string;
  /** Decides when its data arrive and how they are corrected. */
  readonly seed: number;
}

/**
 * The bill of an organization, computed when somebody asks: no amount is stored. The payer sees all of it, every
 * other account its own lines.
 */
export class Billing {
  readonly #lines: StoredLine[] = [];
  /** The management account. */
  payer: string;
  /** Cost Explorer is switched on. */
  enabled = true;
  /** The payer lets the linked accounts use Cost Explorer. */
  linkedAccountAccess = true;
  /** The payer has opted in to resource-level data at daily granularity. */
  resourceLevelData = false;
  /** What an account is billed in, where that is not USD. */
  readonly currencies = new Map<string, string>();
  /** Groups on one page of an answer. AWS does not say how many there are. */
  groupsPerPage = 5_000;

  constructor(payer: string) {
    this.payer = payer;
  }

  get lines(): readonly StoredLine[] {
    return this.#lines;
  }

  add(...lines: readonly BillLine[]): void {
    for (const line of lines) {
      const seed = seedOf([line.account, line.service, line.usageType, line.resource].join(' '));
      this.#lines.push({ recordType: 'Usage', ...line, seed });
    }
  }

  currencyOf(account: string): string {
    return this.currencies.get(account) ?? 'USD';
  }
}
