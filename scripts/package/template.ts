import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** A CloudFormation template, as far as the tests look into it. */
export interface Template {
  readonly Parameters?: Record<string, Record<string, unknown>>;
  readonly Conditions?: Record<string, unknown>;
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, Record<string, unknown>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties?: Record<string, unknown>;
}

/** @returns the template written in YAML, with `!Sub x` spelt out as `{ 'Fn::Sub': x }` */
export function parseTemplate(yaml: string): Template {
  return toJson(parseDocument(yaml).contents) as Template;
}

function toJson(node: unknown): unknown {
  if (isMap(node)) return tagged(node.tag, Object.fromEntries(node.items.map((i) => [String(i.key), toJson(i.value)])));
  if (isSeq(node)) return tagged(node.tag, node.items.map(toJson));
  return isScalar(node) ? tagged(node.tag, node.value) : node;
}

function tagged(tag: string | undefined, value: unknown): unknown {
  if (!tag?.startsWith('!')) return value;
  const name = tag.slice(1);
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  return { [`Fn::${name}`]: name === 'GetAtt' && typeof value === 'string' ? value.split('.') : value };
}

/** @returns the function call that the value is, `{ 'Fn::Sub': '...' }`, or nothing */
export function intrinsic(value: unknown): { name: string; argument: unknown } | undefined {
  if (!isObject(value)) return undefined;
  const [entry, more] = Object.entries(value);
  if (!entry || more || !/^(Ref|Condition|Fn::\w+)$/.test(entry[0])) return undefined;
  return { name: entry[0], argument: entry[1] };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
