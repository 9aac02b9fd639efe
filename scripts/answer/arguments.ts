import { parseArgs } from 'node:util';
import { untilOf } from '../../shared/core/calendar/keep-on.ts';
import type { SpendSaying } from '../../shared/core/spend/answer.ts';
import { isCalendarDate } from '../../shared/core/time.ts';

export const USAGE = `usage: npm run answer -- list                                  plans that wait for an answer, and open anomalies
       npm run answer -- show PLAN                             every action of a plan, and what became of it
       npm run answer -- approve PLAN [--only 1,3] [--note TEXT]
       npm run answer -- veto PLAN [--only 1,3] [--until DATE] [--note TEXT]
       npm run answer -- veto-resource ARN --until DATE [--note TEXT]
       npm run answer -- keep-on ARN --until TIME [--note TEXT] what a schedule would stop
       npm run answer -- undo CHANGE [--note TEXT]             CHANGE as show prints it, e.g. PLAN/1
       npm run answer -- expected ANOMALY [--until DATE] [--recurring] [--note TEXT]
       npm run answer -- investigate ANOMALY [--note TEXT]
       npm run answer -- snooze ANOMALY --until DATE [--note TEXT]
       npm run answer -- savings [--since DATE] [--by month|rule|owner|account|schedule]
DATE is a day such as 2026-12-31, which still belongs to it; TIME is one, or a time of the policy's time zone such as
2026-11-27T18:00, or now, which takes it back. The table is --table or LEDGER_TABLE, the Function URL --url
or ANSWER_URL; region and credentials are those of the AWS CLI's environment.`;

/** How realised savings are summed up. */
export const GROUPINGS = ['month', 'rule', 'owner', 'account', 'schedule'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export type Command =
  | {
      readonly verb: 'approve' | 'veto';
      readonly plan: string;
      readonly only?: readonly number[];
      readonly until?: string;
      readonly note?: string;
    }
  | { readonly verb: 'veto-resource'; readonly resource: string; readonly until: string; readonly note?: string }
  | { readonly verb: 'keep-on'; readonly resource: string; readonly until: string; readonly note?: string }
  | { readonly verb: 'undo'; readonly change: string; readonly note?: string }
  | {
      readonly verb: SpendSaying;
      readonly anomaly: string;
      readonly until?: string;
      readonly recurring?: true;
      readonly note?: string;
    }
  | { readonly verb: 'list' }
  | { readonly verb: 'show'; readonly plan: string }
  | { readonly verb: 'savings'; readonly since?: string; readonly by: Grouping };

/** A command, and where it is to go. */
export interface Invocation {
  readonly command: Command;
  readonly table?: string;
  readonly url?: string;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const OPTIONS = {
  only: { type: 'string' },
  until: { type: 'string' },
  note: { type: 'string' },
  recurring: { type: 'boolean' },
  since: { type: 'string' },
  by: { type: 'string' },
  table: { type: 'string' },
  url: { type: 'string' },
} as const;

type Values = { readonly [Name in Exclude<keyof typeof OPTIONS, 'recurring'>]?: string | undefined } & {
  readonly recurring?: boolean | undefined;
};

/** What each verb is about, and the options that it takes beside `--table` and `--url`. */
const VERBS: Readonly<Record<Command['verb'], { about?: string; takes: readonly (keyof Values)[] }>> = {
  list: { takes: [] },
  show: { about: 'PLAN', takes: [] },
  approve: { about: 'PLAN', takes: ['only', 'note'] },
  veto: { about: 'PLAN', takes: ['only', 'until', 'note'] },
  'veto-resource': { about: 'ARN', takes: ['until', 'note'] },
  'keep-on': { about: 'ARN', takes: ['until', 'note'] },
  undo: { about: 'CHANGE', takes: ['note'] },
  expected: { about: 'ANOMALY', takes: ['until', 'recurring', 'note'] },
  investigate: { about: 'ANOMALY', takes: ['note'] },
  snooze: { about: 'ANOMALY', takes: ['until', 'note'] },
  savings: { takes: ['since', 'by'] },
};

/** @throws {UsageError} */
export function readArguments(args: readonly string[]): Invocation {
  const { values, positionals } = parsed(args);
  const [verb = '', ...about] = positionals;
  if (!isVerb(verb)) throw new UsageError(`say what to do: ${Object.keys(VERBS).join(', ')}`);
  const law = VERBS[verb];
  const wrong = (Object.keys(values) as (keyof Values)[]).find(
    (name) => name !== 'table' && name !== 'url' && !law.takes.includes(name),
  );
  if (wrong) throw new UsageError(`${verb} takes no --${wrong}`);
  if (about.length !== (law.about ? 1 : 0)) {
    throw new UsageError(law.about ? `${verb} takes one ${law.about}` : `${verb} takes options only`);
  }
  const { table, url } = values;
  return { command: commandOf(verb, about[0] ?? '', values), ...given({ table, url }) };
}

function commandOf(verb: Command['verb'], about: string, values: Values): Command {
  const { note } = values;
  if (verb === 'keep-on') return { verb, resource: about, until: time(values.until), ...given({ note }) };
  const until = values.until === undefined ? undefined : date('until', values.until);
  switch (verb) {
    case 'approve':
    case 'veto':
      return { verb, plan: about, ...given({ only: numbers(values.only), until, note }) };
    case 'veto-resource':
      if (!until) throw new UsageError('veto-resource needs --until');
      return { verb, resource: about, until, ...given({ note }) };
    case 'undo':
      return { verb, change: about, ...given({ note }) };
    case 'snooze':
      if (!until) throw new UsageError('snooze needs --until');
      return { verb, anomaly: about, until, ...given({ note }) };
    case 'expected':
      return { verb, anomaly: about, ...given({ until, note }), ...(values.recurring ? { recurring: true } : {}) };
    case 'investigate':
      return { verb, anomaly: about, ...given({ note }) };
    case 'show':
      return { verb, plan: about };
    case 'list':
      return { verb };
    case 'savings':
      return { verb, by: grouping(values.by), ...given({ since: values.since && date('since', values.since) }) };
    default:
      return verb satisfies never;
  }
}

function parsed(args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const isVerb = (text: string): text is Command['verb'] => Object.hasOwn(VERBS, text);

function numbers(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}(,[1-9]\d{0,3})*$/.test(text))
    throw new UsageError('--only takes numbers of actions, such as 1,3');
  return text.split(',').map(Number);
}

function date(option: string, text: string): string {
  if (!isCalendarDate(text)) throw new UsageError(`--${option} takes a date such as 2026-12-31`);
  return text;
}

function time(text: string | undefined): string {
  if (text === undefined) throw new UsageError('keep-on needs --until');
  if (text === 'now' || untilOf(text, 'UTC')) return text;
  throw new UsageError('--until takes a time such as 2026-11-27T18:00, a date or now');
}

function grouping(text = 'month'): Grouping {
  const found = GROUPINGS.find((one) => one === text);
  if (!found) throw new UsageError(`--by takes ${GROUPINGS.join(', ')}`);
  return found;
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without what was not given. */
const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
