import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPrincipal, mayAnswer, nameOfPerson, principalsFor } from '../../shared/core/approvers.ts';

const HUB = '123456789012';
const OTHER = '210987654321';
const session = (role: string, who = 'kim', account = HUB) => `arn:aws:sts::${account}:assumed-role/${role}/${who}`;
const iam = (resource: string, account = HUB) => `arn:aws:iam::${account}:${resource}`;
const sts = (resource: string, account = HUB) => `arn:aws:sts::${account}:${resource}`;

describe('a principal of the policy', () => {
  it.each([
    ['a role, whoever has assumed it', iam('role/sre'), session('sre')],
    ['a role with a path, which a session does not show', iam('role/team/sre'), session('sre')],
    ['roles by the beginning of their name', iam('role/sre-*'), session('sre-oncall')],
    ['roles with a path by the beginning of their name', iam('role/team/orders/sre-*'), session('sre-oncall')],
    [
      'a permission set',
      iam('role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_sre_*'),
      session('AWSReservedSSO_sre_0123456789abcdef', 'kim@example.com'),
    ],
    ['a star in the middle', iam('role/s*e-*l'), session('sre-oncall')],
    ['a star for nothing', iam('role/sre*'), session('sre')],
    ['any role', iam('role/*'), session('sre')],
    ['anybody of the account', iam('*'), session('sre')],
    ['a user', iam('user/kim'), iam('user/kim')],
    ['users of a path', iam('user/sre/*'), iam('user/sre/kim')],
    ['one session', sts('assumed-role/sre/kim'), session('sre')],
    ['every session', sts('assumed-role/sre/*'), session('sre')],
    ['every session of some roles', sts('assumed-role/sre-*'), session('sre-oncall')],
    ['the root', iam('root'), iam('root')],
  ])('means %s', (_, pattern, by) => expect(matchesPrincipal(pattern, by)).toBe(true));

  it.each([
    ['another role', iam('role/sre'), session('sre-oncall')],
    ['a role in capitals', iam('role/sre'), session('SRE')],
    ['the role of another account', iam('role/sre'), session('sre', 'kim', OTHER)],
    ['any role of another account', iam('role/*'), session('sre', 'kim', OTHER)],
    ['anybody of another account', iam('*'), session('sre', 'kim', OTHER)],
    ['the role of another partition', 'arn:aws-cn:iam::123456789012:role/sre', session('sre')],
    ['a path, which nobody can check', iam('role/team/*'), session('sre')],
    ['a path of stars', iam('role/*/*'), session('sre')],
    ['a user of the same name', iam('role/kim'), iam('user/kim')],
    ['a role of the same name', iam('user/sre'), session('sre')],
    ['a session that has the name of a role', iam('role/sre'), session('developer', 'sre')],
    ['a session that ends like a pattern', sts('assumed-role/sre*kim'), session('sre-x', 'kim')],
    ['another session', sts('assumed-role/sre/kim'), session('sre', 'lee')],
    ['a session of a role whose name goes on', sts('assumed-role/sre'), session('sre')],
    ['a kind without a star', sts('assumed-role'), session('sre')],
    ['a role by the ARN of its sessions', sts('assumed-role/sre/*'), iam('user/sre/kim')],
    ['what is no ARN', 'kim', 'kim'],
    ['what is no identity', `arn:aws:s3::${HUB}:bucket`, `arn:aws:s3::${HUB}:bucket`],
    ['overlapping ends', iam('role/aba*ba'), session('aba')],
  ])('does not mean %s', (_, pattern, by) => expect(matchesPrincipal(pattern, by)).toBe(false));

  const name = fc.stringMatching(/^[\w+=,.@-]{1,12}$/);
  const account = fc.stringMatching(/^\d{12}$/);
  const person = fc.oneof(
    fc.tuple(account, name, name).map(([of, role, who]) => session(role, who, of)),
    fc.tuple(account, name).map(([of, user]) => iam(`user/${user}`, of)),
    fc.tuple(account, name, name).map(([of, path, user]) => iam(`user/${path}/${user}`, of)),
  );
  const identityOf = (by: string) => by.replace(/:sts:(.*):assumed-role\/([^/]+)\/.*$/, ':iam:$1:role/$2');

  it('without a star means itself, and nobody else', () => {
    fc.assert(
      fc.property(person, person, (one, other) => {
        expect(matchesPrincipal(one, one)).toBe(true);
        expect(matchesPrincipal(identityOf(one), one)).toBe(true);
        expect(matchesPrincipal(one, other)).toBe(one === other);
        expect(matchesPrincipal(identityOf(one), other)).toBe(identityOf(one) === identityOf(other));
      }),
    );
  });

  it('with a star means whatever is put in its place', () => {
    fc.assert(
      fc.property(name, name, name, (before, within, after) => {
        expect(matchesPrincipal(iam(`role/${before}*${after}`), session(before + within + after))).toBe(true);
      }),
    );
  });

  it('never means somebody of another account, however many stars it has', () => {
    const pattern = fc.stringMatching(/^[*a-z/:-]{1,20}$/);
    fc.assert(
      fc.property(pattern, account, person, (resource, of, by) => {
        fc.pre(by.split(':')[4] !== of);
        expect(matchesPrincipal(iam(resource, of), by) || matchesPrincipal(sts(resource, of), by)).toBe(false);
      }),
    );
  });

  it('is compared in no time, whatever it is made of', () => {
    const by = session('a'.repeat(64));
    expect(matchesPrincipal(iam(`role/${'a*'.repeat(500)}b`), by)).toBe(false);
  });
});

describe('the approvers', () => {
  const approvers = [
    { accounts: '*' as const, principals: [iam('role/lead')] },
    { accounts: [OTHER], principals: [iam('role/sre-*'), iam('role/lead')] },
  ];

  it('answer for the accounts that they are named for', () => {
    expect(mayAnswer(session('lead'), HUB, approvers)).toBe(true);
    expect(mayAnswer(session('sre-a'), OTHER, approvers)).toBe(true);
    expect(mayAnswer(session('sre-a'), HUB, approvers)).toBe(false);
    expect(mayAnswer(session('developer'), OTHER, approvers)).toBe(false);
  });

  it('are named once each', () => {
    expect(principalsFor(HUB, approvers)).toEqual([iam('role/lead')]);
    expect(principalsFor(OTHER, approvers)).toEqual([iam('role/lead'), iam('role/sre-*')]);
  });

  it('are nobody when the policy names nobody', () => expect(mayAnswer(session('lead'), HUB, [])).toBe(false));
});

describe('a person', () => {
  it.each([
    [session('sre-oncall'), 'kim (role sre-oncall)'],
    [iam('user/team/kim'), 'kim'],
    [iam('root'), iam('root')],
    ['grace', 'grace'],
  ])('%s is shown as %s', (arn, shown) => expect(nameOfPerson(arn)).toBe(shown));
});
