import { intrinsic, isObject, type Template } from '../../scripts/package/template.ts';
import { resourceType } from './resource-types.ts';

const PSEUDO_PARAMETERS = ['AccountId', 'NoValue', 'NotificationARNs', 'Partition', 'Region', 'StackId', 'StackName'];
const PSEUDO = new Set([...PSEUDO_PARAMETERS, 'URLSuffix'].map((name) => `AWS::${name}`));

/** `resource.attribute`, or `resource` alone, as some place of the template names it. */
interface Reference {
  readonly path: string;
  readonly kind: 'Ref' | 'GetAtt' | 'Sub' | 'DependsOn' | 'Condition';
  readonly name: string;
  readonly attribute: string;
  /** the conditions that hold at that place */
  readonly given: readonly string[];
}

/** @returns every Ref, GetAtt, Sub, DependsOn and condition that names what is not there */
export function checkReferences(template: Template): string[] {
  const known = new Set([...PSEUDO, ...Object.keys(template.Parameters ?? {}), ...Object.keys(template.Resources)]);
  return allReferences(template).flatMap(({ path, kind, name, attribute, given }) => {
    if (kind === 'Condition') return template.Conditions?.[name] ? [] : [`${path}: unknown condition ${name}`];
    if (!known.has(name)) return [`${path}: ${kind} of unknown ${name}`];
    const target = template.Resources[name];
    if (!target) return [];
    if (kind === 'DependsOn') return []; // that of a resource which does not exist is ignored
    if (target.Condition && !given.includes(target.Condition)) {
      return [`${path}: ${kind} of ${name}, which exists only if ${target.Condition}`];
    }
    const type = resourceType(target.Type);
    if (attribute === '' || !type || attribute in type.attributes) return [];
    return [`${path}: ${target.Type} has no attribute ${attribute}`];
  });
}

function allReferences({ Resources, Outputs = {}, Conditions = {} }: Template): Reference[] {
  const sections = { Resources, Outputs, Conditions } as Record<string, Record<string, unknown>>;
  return Object.entries(sections).flatMap(([section, entries]) =>
    Object.entries(entries).flatMap(([id, entry]) => entryReferences(entry, `${section}.${id}`)),
  );
}

/** The references of one resource or output, whose own condition holds inside of it. */
function entryReferences(entry: unknown, path: string): Reference[] {
  if (!isObject(entry) || intrinsic(entry)) return references(entry, path, []);
  const { Condition, DependsOn, ...rest } = entry;
  const given = typeof Condition === 'string' ? [Condition] : [];
  const at = (kind: Reference['kind'], name: unknown) => reference(kind, String(name), { path, given });
  return [
    ...given.map((name) => at('Condition', name)),
    ...[DependsOn ?? []].flat().map((name) => at('DependsOn', name)),
    ...references(rest, path, given),
  ];
}

function references(value: unknown, path: string, given: readonly string[]): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => references(item, `${path}.${index}`, given));
  if (!isObject(value)) return [];
  const call = intrinsic(value);
  const argument = call?.argument;
  switch (call?.name) {
    case 'Ref':
      return [reference('Ref', String(argument), { path, given })];
    case 'Condition':
      return [reference('Condition', String(argument), { path, given })];
    case 'Fn::GetAtt':
      return [reference('GetAtt', [argument].flat().join('.'), { path, given })];
    case 'Fn::Sub':
      return subReferences(argument, path, given);
    case 'Fn::If': {
      const [condition, then, otherwise] = argument as [string, unknown, unknown];
      return [
        reference('Condition', condition, { path, given }),
        ...references(then, path, [...given, condition]),
        ...references(otherwise, path, given),
      ];
    }
    default:
      return Object.entries(value).flatMap(([key, child]) => references(child, `${path}.${key}`, given));
  }
}

function subReferences(argument: unknown, path: string, given: readonly string[]): Reference[] {
  const [text, variables = {}] = [argument].flat() as [string, Record<string, unknown>?];
  return [
    ...[...text.matchAll(/\$\{([^!}][^}]*)\}/g)]
      .map(([, name]) => name!)
      .filter((name) => !(name in variables))
      .map((name) => reference('Sub', name, { path, given })),
    ...references(variables, path, given),
  ];
}

function reference(kind: Reference['kind'], name: string, at: Pick<Reference, 'path' | 'given'>): Reference {
  const dot = kind === 'Condition' ? -1 : name.indexOf('.');
  return { kind, name: dot < 0 ? name : name.slice(0, dot), attribute: dot < 0 ? '' : name.slice(dot + 1), ...at };
}

/** @returns resources that wait for each other, which CloudFormation refuses */
export function checkCycles({ Resources }: Template): string[] {
  const needs = new Map(
    Object.entries(Resources).map(([id, resource]) => [
      id,
      [...new Set(entryReferences(resource, id).map(({ name }) => name))].filter((name) => name in Resources),
    ]),
  );
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]): string[] => {
    if (trail.includes(id)) return [`Resources: circular, ${[...trail.slice(trail.indexOf(id)), id].join(' -> ')}`];
    if (done.has(id)) return [];
    done.add(id);
    return (needs.get(id) ?? []).flatMap((next) => visit(next, [...trail, id]));
  };
  return [...needs.keys()].flatMap((id) => visit(id, []));
}
