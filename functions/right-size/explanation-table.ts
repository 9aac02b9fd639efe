import type { Evidence } from '../../shared/core/evidence.ts';
import { formatMoney, type Money } from '../../shared/core/money.ts';
import type { SizedType, SizingNumbers } from '../../shared/core/rules/explain-sizing.ts';
import type { Fit, Needs } from '../../shared/core/sizing/capacity.ts';
import type { Bandwidth } from '../../shared/core/sizing/instance-type.ts';
import { textTable } from '../../shared/core/table.ts';
import type { Explanation } from './explain.ts';

/** Explanations for people: the verdicts first, then the numbers behind them. */
export function explanationTable(explanations: readonly Explanation[]): string {
  return explanations.map(explanationText).join('\n\n');
}

function explanationText({ resource, evidence, charts, verdicts, sizing }: Explanation): string {
  const rules = verdicts.map(({ rule, mode, verdict, because, action, note, step, saving }) => [
    rule,
    mode,
    verdict,
    saving ?? '',
    [...(action ? [action] : []), because, ...(note ? [note] : []), ...(step ? [`to do: ${step}`] : [])].join('; '),
  ]);
  const read = Object.entries(evidence).map(([kind, one]) => [
    kind,
    one.known ? inWords(one.value) : `unknown: ${one.why}`,
  ]);
  const drawn = Object.entries(charts);
  return [
    `${resource.name}  ${resource.arn}`,
    textTable(['rule', 'mode', 'verdict', 'saves', 'because'], rules),
    ...(sizing ? sizingText(sizing) : []),
    textTable(['evidence', 'value'], read),
    ...(drawn.length > 0 ? [textTable(['chart', 'oldest to newest; a dot is no data'], drawn)] : []),
  ].join('\n\n');
}

/** What a machine needs, and what it could be: the first that is enough is the right one. */
function sizingText(sizing: Evidence<SizingNumbers>): string[] {
  if (!sizing.known) return [`size: unknown: ${sizing.why}`];
  const { present, needs, considered, others } = sizing.value;
  const chosen = considered.find(({ tooSmall }) => tooSmall.length === 0);
  const types = [
    ...considered.map((one) => [...typeColumns(one), fitInWords(one, one === chosen)]),
    [...typeColumns(present), 'what it is'],
  ];
  const rest = Object.entries(others).map(([why, count]) => `${count} x ${why}`);
  return [
    needs.known ? textTable(['needs', 'amount', 'because'], needsRows(needs.value, present)) : `needs: ${needs.why}`,
    textTable(['type', 'vCPUs', 'GiB', 'a month', 'considered'], types),
    ...(rest.length > 0 ? [`no question of the other types offered: ${rest.join('; ')}`] : []),
  ];
}

const typeColumns = ({ type, vcpus, memoryGib, monthly }: SizedType): string[] => [
  type,
  String(vcpus),
  short(memoryGib),
  monthly.known ? formatMoney(monthly.value) : 'unknown',
];

function fitInWords({ tooSmall, unproven }: Fit, isChosen: boolean): string {
  if (tooSmall.length > 0) return `too small: ${tooSmall.join(', ')}`;
  const enough = isChosen ? 'enough, and the cheapest that is' : 'enough';
  return unproven.length > 0 ? `${enough}, as far as is known (${unproven.join(', ')})` : enough;
}

function needsRows({ cpu, memory, connections, bandwidth }: Needs, { vcpus, memoryGib }: SizedType): string[][] {
  const cpus = (percent: number) => `${inShort((percent / 100) * vcpus)} of ${vcpus} vCPUs`;
  const moved = (name: string, need: Evidence<Bandwidth>, { unit, per }: { unit: string; per: number }) =>
    need.known
      ? [
          name,
          `${inShort(need.value.baseline / per)} ${unit}`,
          `for a while ${inShort(need.value.burst / per)} ${unit}`,
        ]
      : [name, 'unknown', need.why];
  return [
    ['CPU', cpus(cpu.percent), cpu.because],
    ['CPU, all day', cpus(cpu.busiestDayPercent), 'its busiest 24 hours in a row, on average'],
    memory.known
      ? [
          'memory',
          `${inShort((memory.value.percent / 100) * memoryGib)} of ${inShort(memoryGib)} GiB`,
          memory.value.because,
        ]
      : ['memory', 'unknown', memory.why],
    ...(connections ? [connectionsRow(connections)] : []),
    moved('network', bandwidth.networkBytes, { unit: 'MB/s', per: 1e6 }),
    moved('EBS throughput', bandwidth.storageBytes, { unit: 'MB/s', per: 1e6 }),
    moved('EBS operations', bandwidth.storageOperations, { unit: 'IOPS', per: 1 }),
  ];
}

const connectionsRow = (need: NonNullable<Needs['connections']>): string[] =>
  need.known
    ? ['connections', String(need.value.connections), `at most ${need.value.peak} at once, and a fifth is kept free`]
    : ['connections', 'unknown', need.why];

/** Evidence of any kind in one line: days as a list with `-` for those without data. */
function inWords(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  if ('firstDay' in value && 'values' in value)
    return daily(value.firstDay as Date, value.values as (number | undefined)[]);
  if ('currency' in value) return formatMoney(value as Money);
  if (Array.isArray(value) && value.length > MANY)
    return `${value.length}: ${value.slice(0, MANY).map(nameIn).join(', ')}, ...`;
  const parts = Object.entries(value);
  if (!Array.isArray(value) && parts.every(([, part]) => isMoney(part)))
    return parts.map(([name, price]) => `${name} ${formatMoney(price as Money)}`).join(', ');
  const text = JSON.stringify(value);
  return text.length > LONG ? 'drawn below' : text;
}

/** More than so many are only counted; more text than this is for charts. */
const MANY = 5;
const LONG = 200;

const isMoney = (value: unknown): boolean => value !== null && typeof value === 'object' && 'currency' in value;

const nameIn = (value: unknown): string =>
  value !== null && typeof value === 'object' && 'name' in value ? String(value.name) : JSON.stringify(value);

function daily(firstDay: Date, values: readonly (number | undefined)[]): string {
  const days = Array.from(values, (value) => (value === undefined ? '-' : short(value)));
  return `from ${firstDay.toISOString().slice(0, 10)}: ${days.join(' ')}`;
}

/** Three digits are enough to compare. */
const inShort = (value: number): string => String(Number(value.toPrecision(3)));

const short = (value: number): string => String(Math.round(value * 10) / 10);
