import { parseArn } from '../identity.ts';
import type { Watches } from './alarm.ts';

/**
 * What a composite watches: the alarms in its rule, each once, in its order. An ARN stands for the alarm of that name: children
 * are in the account and region of their composite.
 *   > ALARM(cpu) AND (NOT OK("disk, of orders") OR AT_LEAST(60%, NOT OK, (a, arn:aws:cloudwatch:eu-west-1:123456789012:alarm:b)))
 * A name in quotes may have anything in it, with `\"` for a quote; another one no spaces, brackets or commas. A rule of
 * another form has no children that are known.
 */
export function compositeOf(rule: string): Extract<Watches, { readonly kind: 'composite' }> {
  try {
    return { kind: 'composite', rule, children: childrenOf(rule) };
  } catch (error) {
    if (!(error instanceof UnreadableRule)) throw error;
    return { kind: 'composite', rule, children: [], unreadable: error.message };
  }
}

class UnreadableRule extends Error {
  override readonly name = 'UnreadableRule';
}

function childrenOf(rule: string): string[] {
  const tokens = new Tokens(rule);
  const children: string[] = [];
  let open = 0;
  do {
    while (tokens.skips('NOT') || tokens.skips('(')) open += tokens.last === '(' ? 1 : 0;
    children.push(...operand(tokens));
    for (; tokens.skips(')'); open -= 1) if (open === 0) tokens.fail('a bracket is closed that was not opened');
  } while (tokens.skips('AND') || tokens.skips('OR'));
  if (!tokens.ended) tokens.fail('AND or OR is missing');
  if (open > 0) tokens.fail('a bracket is not closed');
  return [...new Set(children)];
}

const STATES = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/** `TRUE`, `ALARM(cpu)` or `AT_LEAST(2, ALARM, (a, b, c))` */
function operand(tokens: Tokens): string[] {
  if (tokens.skips('TRUE') || tokens.skips('FALSE')) return [];
  if (tokens.skips('AT_LEAST')) return atLeast(tokens);
  if (!STATES.some((state) => tokens.skips(state))) tokens.fail('ALARM, OK, INSUFFICIENT_DATA or AT_LEAST is missing');
  tokens.expect('(');
  const name = alarm(tokens);
  tokens.expect(')');
  return [name];
}

function atLeast(tokens: Tokens): string[] {
  tokens.expect('(');
  if (!/^\d+%?$/.test(tokens.next().text)) tokens.fail('AT_LEAST begins with a number or a percentage');
  tokens.expect(',');
  tokens.skips('NOT');
  if (!STATES.some((state) => tokens.skips(state))) tokens.fail('AT_LEAST has a state after its number');
  tokens.expect(',');
  tokens.expect('(');
  const names = [alarm(tokens)];
  while (tokens.skips(',')) names.push(alarm(tokens));
  tokens.expect(')');
  tokens.expect(')');
  return names;
}

/** The name of an alarm, or the one in its ARN. */
function alarm(tokens: Tokens): string {
  const { text, is } = tokens.next();
  if (is === 'mark' || text === '') return tokens.fail('the name of an alarm is missing');
  if (!text.startsWith('arn:')) return text;
  const { service, resource = '' } = parseArn(text) ?? {};
  const [, name] = /^alarm:(.+)$/s.exec(resource) ?? [];
  return service === 'cloudwatch' && name ? name : tokens.fail('an ARN is of no alarm');
}

interface Token {
  readonly is: 'mark' | 'word' | 'quoted';
  readonly text: string;
}

/** What a rule is made of, one after the other. */
class Tokens {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(rule: string) {
    this.#tokens = Array.from(rule.matchAll(TOKEN), ([, mark, quoted, word]): Token => {
      if (mark) return { is: 'mark', text: mark };
      if (quoted !== undefined) return { is: 'quoted', text: quoted.replace(/\\(.)/gs, '$1') };
      return word ? { is: 'word', text: word } : this.fail('a quote is not closed');
    });
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** The one before. */
  get last(): string {
    return this.#tokens[this.#at - 1]?.text ?? '';
  }

  next(): Token {
    return this.#tokens[this.#at++] ?? this.fail('it ends too early');
  }

  /** Goes on when the next one is this bracket, comma or word, and says whether it was. */
  skips(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.is === 'quoted' || token.text.toUpperCase() !== text) return false;
    this.#at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.skips(text)) this.fail(`"${text}" is missing`);
  }

  fail(what: string): never {
    throw new UnreadableRule(what);
  }
}

/** A bracket or comma, a name in quotes, or a word; or else a quote that is not closed. */
const TOKEN = /([(),])|"((?:[^"\\]|\\.)*)"|([^\s(),"]+)|"/gs;
