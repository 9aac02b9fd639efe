import { readFileSync } from 'node:fs';
import type { Statement } from './iam.ts';
import type { Packaged } from './packaged.ts';
import { resolve } from './resolve.ts';
import { parseTemplate, type Template, type TemplateResource } from './template.ts';

export const MEMBER = parseTemplate(readFileSync(new URL('../../infra/member.yml', import.meta.url), 'utf8'));

/** A stack of its own, in us-east-1. */
export const BILLING_ALARM = parseTemplate(
  readFileSync(new URL('../../infra/billing-alarm.yml', import.meta.url), 'utf8'),
);

/** A stack of its own, in every region whose alarms are to be answered. */
export const ALARM_FORWARD = parseTemplate(
  readFileSync(new URL('../../infra/alarm-forward.yml', import.meta.url), 'utf8'),
);

/** A function as the packaged template deploys it, names and ARNs worked out. */
export interface DeployedFunction {
  /** the folder under functions/ */
  readonly name: string;
  readonly logicalId: string;
  readonly role: string;
  readonly properties: Record<string, unknown>;
}

export function functionsOf(packaged: Packaged): DeployedFunction[] {
  const { Resources } = resolve(packaged.template);
  return ofType(packaged.template, 'AWS::Lambda::Function').map(([id, { Properties = {} }]) => ({
    name:
      /^dist\/([\w-]+)\/index\.handler$/.exec(String(Properties.Handler))?.[1] ?? `unexpected ${Properties.Handler}`,
    logicalId: id,
    role: (Properties.Role as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0],
    properties: Resources[id]?.Properties ?? {},
  }));
}

export function ofType(template: Template, type: string): [string, TemplateResource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** @returns the statements of a role's own policies, or of the policy of a topic, queue or key */
export function statementsOf(resource: TemplateResource | undefined): Statement[] {
  const { Policies = [], PolicyDocument, KeyPolicy } = (resource?.Properties ?? {}) as ResourceWithPolicies;
  return [...Policies.map((policy) => policy.PolicyDocument), PolicyDocument ?? [], KeyPolicy ?? []]
    .flat()
    .map((document) => (typeof document === 'string' ? (JSON.parse(document) as Policy) : document))
    .flatMap((document) => document.Statement);
}

/** @returns who may assume a role */
export function trustOf(resource: TemplateResource | undefined): Statement[] {
  const document = resource?.Properties?.AssumeRolePolicyDocument as Policy | undefined;
  return document?.Statement ?? [];
}

/** @returns the actions that the statements allow, sorted */
export function allowedActions(statements: readonly Statement[]): string[] {
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
  return [...new Set(allowed)].sort();
}

interface Policy {
  readonly Statement: Statement[];
}

interface ResourceWithPolicies {
  readonly Policies?: { readonly PolicyDocument: Policy }[];
  /** An object, or the JSON of one. */
  readonly PolicyDocument?: Policy | string;
  readonly KeyPolicy?: Policy;
}
