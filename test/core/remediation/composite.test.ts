import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compositeOf } from '../../../shared/core/remediation/composite.ts';
import { arnOf } from './alarms.ts';

const children = (rule: string): readonly string[] => {
  const { children: names, unreadable } = compositeOf(rule);
  expect(unreadable).toBeUndefined();
  return names;
};

describe("the children in a composite's rule", () => {
  it.each([
    ['ALARM(cpu)', ['cpu']],
    ['ALARM("cpu of orders (prod), 90 %")', ['cpu of orders (prod), 90 %']],
    ['ALARM("say \\"hi\\" \\\\")', ['say "hi" \\']],
    [`ALARM(${arnOf('cpu')}) OR OK("${arnOf('disk: full')}")`, ['cpu', 'disk: full']],
    ['ALARM(a) AND NOT ALARM(b) OR (NOT (OK(c) AND INSUFFICIENT_DATA(d)))', ['a', 'b', 'c', 'd']],
    ['ALARM(a) OR ALARM(a)', ['a']],
    ['TRUE', []],
    ['NOT FALSE AND ALARM(a)', ['a']],
    ['AT_LEAST(2, ALARM, (a, "b, c", d)) AND NOT ALARM(e)', ['a', 'b, c', 'd', 'e']],
    ['AT_LEAST(60%,NOT OK,(a))', ['a']],
    [' \n( ALARM ( a )\tAND\nALARM(b) ) ', ['a', 'b']],
    ['ALARM(AND) OR ALARM("OR") OR ALARM(ALARM)', ['AND', 'OR', 'ALARM']],
  ])('of %s', (rule, names) => {
    expect(children(rule)).toEqual(names);
  });

  it('may be a hundred, however deep', () => {
    const names = Array.from({ length: 100 }, (_, index) => `alarm-${index}`);
    const flat = names.map((name) => `ALARM(${name})`).join(' OR ');
    expect(children(`${'('.repeat(5000)}${flat}${')'.repeat(5000)}`)).toEqual(names);
  });

  it.each([
    ['', 'ALARM, OK'],
    ['cpu', 'ALARM, OK, INSUFFICIENT_DATA or AT_LEAST'],
    ['ALARM', '"("'],
    ['ALARM()', 'name'],
    ['ALARM("")', 'name'],
    ['ALARM(cpu', '")"'],
    ['ALARM("cpu)', 'quote'],
    ['ALARM(a, b)', '")"'],
    ['ALARM(a b)', '")"'],
    ['ALARM(a) ALARM(b)', 'AND or OR'],
    ['ALARM(a) AND', 'ALARM, OK'],
    ['AT_LEAST(', 'too early'],
    ['(ALARM(a)', 'not closed'],
    ['ALARM(a))', 'not opened'],
    ['ALARM(arn:aws:sns:eu-west-1:123456789012:topic)', 'ARN'],
    ['AT_LEAST(some, ALARM, (a))', 'number'],
    ['AT_LEAST(2, FIRING, (a))', 'state'],
    ['AT_LEAST(2, ALARM, a)', '"("'],
    ['AT_LEAST(2, ALARM, ())', 'name'],
  ])('of %j are unknown, with what is wrong', (rule, what) => {
    expect(compositeOf(rule)).toEqual({
      kind: 'composite',
      rule,
      children: [],
      unreadable: expect.stringContaining(what) as string,
    });
  });

  const anyName = fc.string({ minLength: 1, maxLength: 30 }).filter((name) => !name.startsWith('arn:'));
  const anyPlainName = fc.stringMatching(/^[A-Za-z0-9_.%-]{1,20}$/);
  const quoted = (name: string) => `"${name.replace(/["\\]/g, '\\$&')}"`;
  const anyReference = fc.oneof(
    anyName.map((name) => ({ name, text: quoted(name) })),
    anyPlainName.map((name) => ({ name, text: name })),
    anyPlainName.map((name) => ({ name, text: arnOf(name) })),
    anyName.map((name) => ({ name, text: quoted(arnOf(name)) })),
  );
  const anyState = fc.constantFrom('ALARM', 'OK', 'INSUFFICIENT_DATA');
  interface Rule {
    readonly names: readonly string[];
    readonly text: string;
  }
  const { rule: anyRule } = fc.letrec<{ rule: Rule }>((tie) => ({
    rule: fc.oneof(
      { depthSize: 'small' },
      fc.tuple(anyState, anyReference).map(([state, { name, text }]) => ({ names: [name], text: `${state}(${text})` })),
      fc.tuple(anyState, fc.array(anyReference, { minLength: 1, maxLength: 4 })).map(([state, list]) => ({
        names: list.map(({ name }) => name),
        text: `AT_LEAST(1, NOT ${state}, (${list.map(({ text }) => text).join(', ')}))`,
      })),
      tie('rule').map(({ names, text }) => ({ names, text: `NOT (${text})` })),
      fc
        .tuple(tie('rule'), fc.constantFrom('AND', 'OR'), tie('rule'))
        .map(([a, how, b]) => ({ names: [...a.names, ...b.names], text: `${a.text} ${how} (${b.text})` })),
    ),
  }));

  it('are all that the rule has, whatever they are called', () => {
    fc.assert(
      fc.property(anyRule, ({ names, text }) => {
        expect(children(text)).toEqual([...new Set(names)]);
      }),
      { numRuns: 300 },
    );
  });

  it('of any text are either found or unknown', () => {
    const anyText = fc.array(
      fc.constantFrom('ALARM', 'AT_LEAST', 'NOT', 'AND', '(', ')', ',', '"', '\\', ' ', 'a', '2', 'arn:aws:'),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(anyText, (parts) => {
        const { children: names, unreadable } = compositeOf(parts.join(''));
        expect(unreadable === undefined || names.length === 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
