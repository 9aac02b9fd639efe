import type { ServiceName } from './names.ts';
import type { Random } from './random.ts';

/**
 * What can go wrong with a call.
 *
 * | fault          | takes effect | the caller sees |
 * |----------------|--------------|-----------------|
 * | `throttle`     | no           | the service's own throttling error |
 * | `serverError`  | no           | a 500 |
 * | `accessDenied` | no           | the service's own refusal |
 * | `timeout`      | no           | nothing at all, until it gives up |
 * | `replyLost`    | yes          | a dropped connection |
 * | `duplicate`    | twice        | the first answer |
 * | `partialData`  | yes          | GetMetricData: half the points, `PartialData`, a NextToken |
 * | `{ lostData }` | yes          | GetMetricData: half the points, `PartialData`, a message and no way to get the rest |
 * | `{ delay }`    | yes          | the answer, after so many real milliseconds |
 * | `{ error }`    | no           | that error |
 */
export type Fault =
  | 'throttle'
  | 'serverError'
  | 'accessDenied'
  | 'timeout'
  | 'replyLost'
  | 'duplicate'
  | 'partialData'
  | { readonly lostData: true }
  | { readonly delay: number }
  | { readonly error: { readonly code: string; readonly message: string; readonly status?: number } };

/** A fault's name in the call log. */
export type FaultName = Extract<Fault, string> | 'lostData' | 'delay' | 'error';

export interface FaultRule {
  /** Every service when left out; likewise below. */
  readonly service?: ServiceName;
  readonly operation?: string;
  readonly account?: string;
  readonly region?: string;
  /** The share of matching calls that meet the fault, 0 to 1. Default: all. */
  readonly share?: number;
  /** At most so many calls meet it: "the next N calls". Default: no limit. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface FaultHandle {
  /** How many calls have met it. */
  readonly met: number;
  remove(): void;
}

export interface Faults {
  /** The rules are tried in the order in which they were added; the first that strikes wins. Delays add to others. */
  add(rule: FaultRule): FaultHandle;
  clear(): void;
}

/** The part of a call that rules look at. */
interface FaultTarget {
  readonly service: ServiceName;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
}

/** What a call met: at most one fault, and a delay in real milliseconds. */
export interface Struck {
  readonly fault?: Exclude<Fault, { readonly delay: number }>;
  readonly delay: number;
}

export interface StrikingFaults extends Faults {
  /** Draws for one call. Each rule that could strike draws once, so a seed and an order of calls decide everything. */
  strike(call: FaultTarget): Struck;
}

interface Armed {
  readonly rule: FaultRule;
  met: number;
}

export function createFaults(random: Random): StrikingFaults {
  const armed = new Set<Armed>();
  return {
    add: (rule) => {
      checkRule(rule);
      const one: Armed = { rule, met: 0 };
      armed.add(one);
      return {
        get met() {
          return one.met;
        },
        remove: () => void armed.delete(one),
      };
    },
    clear: () => armed.clear(),
    strike: (call) => {
      let delay = 0;
      for (const one of armed) {
        if (!matches(one.rule, call) || !strikes(one, random)) continue;
        one.met += 1;
        const { fault } = one.rule;
        if (typeof fault === 'string' || !('delay' in fault)) return { fault, delay };
        delay += fault.delay;
      }
      return { delay };
    },
  };
}

export function faultName(fault: Fault): FaultName {
  return typeof fault === 'string' ? fault : (Object.keys(fault)[0] as FaultName);
}

function matches(rule: FaultRule, call: FaultTarget): boolean {
  return (
    (rule.service ?? call.service) === call.service &&
    (rule.operation ?? call.operation) === call.operation &&
    (rule.account ?? call.account) === call.account &&
    (rule.region ?? call.region) === call.region
  );
}

function strikes({ rule, met }: Armed, random: Random): boolean {
  if (met >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
  return rule.share === undefined || random() < rule.share;
}

function checkRule({ fault, operation, share = 1 }: FaultRule): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a fault's share is between 0 and 1, not ${share}`);
  const partial = fault === 'partialData' || (typeof fault === 'object' && 'lostData' in fault);
  if (partial && operation !== 'GetMetricData') throw new TypeError('only GetMetricData knows partial data');
}
