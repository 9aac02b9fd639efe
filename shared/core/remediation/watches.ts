import type { Watches } from './alarm.ts';

export type MetricWatches = Extract<Watches, { readonly kind: 'metric' }>;

/** Whether what is compared with is not a threshold but a band that anomaly detection expects. */
export const isBand = (expression: string | undefined): boolean =>
  expression?.includes('ANOMALY_DETECTION_BAND') ?? false;

/**
 * In which direction the metrics themselves are alarming. Unknown for a band, for what is compared in no known way, and for an
 * expression that may turn them round, such as `100 - m1` or `m1 / m2`; one that only adds, scales, or picks does not.
 */
export function directionOf({ comparison = '', expression = '' }: MetricWatches): 'greater' | 'less' | undefined {
  if (TURNS.test(expression)) return undefined;
  if (/^GreaterThan(OrEqualTo)?Threshold$/.test(comparison)) return 'greater';
  return /^LessThan(OrEqualTo)?Threshold$/.test(comparison) ? 'less' : undefined;
}

/** A minus or a comparison, a division by something other than a number, and any function but these: also that of a band. */
const TURNS = /[-<>=!&|"]|\/\s*[^\s\d]|\b(?!(?:AVG|CEIL|FILL|FLOOR|MAX|METRICS|MIN|REPEAT|SUM)\b)[A-Z]\w*/;
