import { readFileSync } from 'node:fs';
import { Logger } from '@aws-lambda-powertools/logger';
import { onTestFinished, vi } from 'vitest';
import { parseTemplate } from '../../scripts/package/template.ts';

const { Resources } = parseTemplate(readFileSync(new URL('../../infra/alarms.yml', import.meta.url), 'utf8'));

/** Counts what a function logs from now on, as the metric filter does by whose count an alarm knows that it has run. */
export function countRuns(
  filter: 'RightSizeRuns' | 'WatchSpendRuns' | 'SnapshotDatabasesRuns' | 'OffHoursRuns',
): () => number {
  const wanted = conditionsIn(String(Resources[filter]?.Properties?.FilterPattern));
  const info = vi.spyOn(Logger.prototype, 'info');
  onTestFinished(() => info.mockRestore());
  return () => {
    const lines = info.mock.calls.map(([message, fields]) => ({ message, ...(fields as object) }));
    return lines.filter((line) => wanted.every(([field, value]) => Object.entries(line).some(isPair(field, value))))
      .length;
  };
}

/** `{ ($.message = "spend") && ($.occasion = "daily") }` */
function conditionsIn(pattern: string): [field: string, value: string][] {
  const inner = /^\{ (.*) \}$/.exec(pattern)?.[1] ?? '';
  return inner.split(' && ').map((condition) => {
    const [, field, value] = /^\(?\$\.(\w+) = "(\w+)"\)?$/.exec(condition) ?? [];
    if (!field || !value) throw new Error(`not a condition that is known here: ${condition}`);
    return [field, value];
  });
}

const isPair =
  (field: string, value: string) =>
  ([key, held]: [string, unknown]): boolean =>
    key === field && held === value;
