import { stringify } from 'yaml';
import * as z from 'zod';
import { policySchema } from '../../shared/core/policy.ts';

/** The part of JSON Schema that the policy's schema turns into. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  /** Of what has a name that people choose: what is under the name. */
  readonly additionalProperties?: Schema | false;
}

const schema = () => z.toJSONSchema(policySchema, { io: 'input' }) as Schema;

/** The text of policy.example.yml: every key with its default and what it means. */
export function policyExample(): string {
  const head = [
    '# The policy of Lamplighter: every key with its default. Generated from the schema by `npm run docs`; do not edit.',
    '# Copy it, keep what you change, and store it: npm run policy -- my-policy.yml (with --check it is only checked).',
    '',
  ];
  return [...head, ...sectionLines(schema(), ''), ''].join('\n');
}

function sectionLines({ properties = {} }: Schema, indent: string): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const comment = value.description ? [`${indent}# ${value.description}.`] : [];
    if (value.properties) {
      const lines = sectionLines(value, `${indent}  `);
      const nothing = lines.every((line) => line.trimStart().startsWith('#')) ? ' {}' : '';
      return [...comment, `${indent}${key}:${nothing}`, ...lines];
    }
    return [...comment, ...valueLines(key, value, indent)];
  });
}

/** What an entry of a list looks like, or of what has a name that people choose. */
const EXAMPLES: Readonly<Record<string, string>> = {
  scopes: "{ account: '123456789012', regions: [eu-west-1] }",
  approvers: "{ accounts: '*', principals: ['arn:aws:iam::123456789012:role/sre-*'] }",
  freeze: '{ from: 2026-11-20, to: 2026-12-01, why: sale }',
  dependents: '{ resource: reports-*, alarms: [finance-export-failed] }',
  copyTo: '{ name: dr, region: eu-central-1, kmsKey: alias/snapshots }',
  classes: '{ name: production, tags: [env=prod], tiers: { weekly: 26 }, rpo: 25h, copyTo: [dr] }',
  sales: '{ from: 2026-06-18, to: 2026-06-21, why: the summer sale }',
  planned: '{ from: 2026-11-25, to: 2026-12-01, why: sale }',
  calendars: "seoul-office: { timezone: Asia/Seoul, on: 'Mon-Fri 08:00-21:00', holidays: KR }",
  schedules: 'office-hours: { calendar: seoul-office, mode: auto }',
  runbooks: "{ alarm: '*-disk-full', tag: env=prod, runbook: database-storage-low }",
};

function valueLines(key: string, value: Schema, indent: string): string[] {
  if (value.items || value.additionalProperties) {
    const entries = stringify(value.default, { collectionStyle: 'flow' }).trim();
    const example = `${indent}#   ${value.items ? '- ' : ''}${EXAMPLES[key]}`;
    return [`${indent}${key}: ${entries}`, ...(EXAMPLES[key] ? [example] : [])];
  }
  const isMode = value.enum?.includes('report');
  if (value.default === undefined) return [`${indent}# ${key}: ${isMode ? 'as in defaults' : 'none'}`];
  return [`${indent}${key}: ${stringify(value.default).trim()}`];
}

/** The README's table of every key. */
export function policyTable(): string {
  const rows = tableRows(schema(), '');
  return ['| key | default | allowed | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function tableRows({ properties = {} }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    if (value.properties) return tableRows(value, `${path}.`);
    const own = `| \`${path}\` | ${defaultOf(value)} | ${allowedBy(value)} | ${value.description ?? ''} |`;
    if (value.additionalProperties) return [own, ...tableRows(value.additionalProperties, `${path}.*.`)];
    return value.items?.properties ? [own, ...tableRows(value.items, `${path}[].`)] : [own];
  });
}

const listOf = ({ enum: values = [] }: Schema): string => {
  if (values.length < 10)
    return values.length > 0 ? `a list of ${values.map((one) => `\`${one}\``).join(', ')}` : 'a list';
  return 'a list of AWS regions';
};

const defaultOf = ({ default: value }: Schema): string =>
  value === undefined ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function allowedBy(value: Schema): string {
  if (value.anyOf) return [...new Set(value.anyOf.map(allowedBy))].join(', or ');
  if (value.const !== undefined) return `\`${value.const}\``;
  if (value.enum) return value.enum.length < 10 ? value.enum.map((one) => `\`${one}\``).join(', ') : 'an AWS region';
  if (value.items) return listOf(value.items);
  if (value.pattern?.includes(':kms:')) return 'an ARN, id or alias of a KMS key';
  if (value.additionalProperties) return 'by name';
  if (value.pattern?.includes('{12}')) return '12 digits, in quotes';
  if (value.pattern?.includes('GiB')) return 'bytes: `5MB`, `1GiB`';
  if (value.pattern?.endsWith('%$')) return 'a share: `5%`';
  if (value.pattern?.endsWith('d$')) return 'days: `28d`';
  if (value.type === 'string') return 'text';
  const least = value.minimum ?? value.exclusiveMinimum;
  const most =
    value.maximum !== undefined && value.maximum < Number.MAX_SAFE_INTEGER ? ` to ${value.maximum}` : ' or more';
  const from = value.exclusiveMinimum === undefined ? `${least}` : `above ${least}`;
  return `${value.type === 'integer' ? 'a whole number, ' : ''}${from}${most}`;
}
