import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';

/**
 * Reads requests of the Query protocols: `Filters.Filter.1.Name=engine` becomes `{ Filters: [{ Name: 'engine' }] }`,
 * by the operation's input schema. EC2 has its own dialect: capitalised names and flat lists.
 */
export type Dialect = 'awsQuery' | 'ec2Query';

/** A form field's value, or the fields below a dotted name. */
type Node = string | Tree;
interface Tree {
  [name: string]: Node;
}

interface QueryTraits {
  readonly xmlName?: string;
  readonly xmlFlattened?: 0 | 1;
  readonly ec2QueryName?: string;
}

/** Timestamps are ISO 8601 unless a member's trait says otherwise; 5 is the SDK's number for that format. */
const scalars = new FromStringShapeDeserializer({
  httpBindings: false,
  timestampFormat: { useTrait: true, default: 5 },
});

export function readQuery(schema: NormalizedSchema, form: URLSearchParams, dialect: Dialect): Record<string, unknown> {
  const read = (readNode(schema, treeOf(form), dialect) ?? {}) as Record<string, unknown>;
  return read;
}

/** `a.b.1.c=x` becomes `{ a: { b: { 1: { c: 'x' } } } }`. */
function treeOf(form: URLSearchParams): Tree {
  const root: Tree = Object.create(null);
  for (const [path, value] of form) {
    const names = path.split('.');
    const last = names.pop()!;
    let tree = root;
    for (const name of names) {
      const next = tree[name];
      const below: Tree = typeof next === 'object' ? next : Object.create(null);
      tree[name] = below;
      tree = below;
    }
    tree[last] = value;
  }
  return root;
}

function readNode(schema: NormalizedSchema, node: Node | undefined, dialect: Dialect): unknown {
  if (node === undefined) return undefined;
  if (schema.isStructSchema()) return readStruct(schema, node, dialect);
  if (schema.isListSchema()) return readList(schema, node, dialect);
  if (schema.isMapSchema()) return readMap(schema, node, dialect);
  return typeof node === 'string' ? scalars.read(schema, node) : undefined;
}

function readStruct(schema: NormalizedSchema, node: Node, dialect: Dialect): Record<string, unknown> {
  const struct: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = readNode(member, below(node, fieldName(member, name, dialect)), dialect);
    if (value !== undefined) struct[name] = value;
  }
  return struct;
}

function readList(schema: NormalizedSchema, node: Node, dialect: Dialect): unknown[] {
  const item = schema.getValueSchema();
  const flat = dialect === 'ec2Query' || traitsOf(schema).xmlFlattened;
  const list = flat ? node : below(node, traitsOf(item).xmlName ?? 'member');
  return numbered(list).map((one) => readNode(item, one, dialect));
}

function readMap(schema: NormalizedSchema, node: Node, dialect: Dialect): Record<string, unknown> {
  const [key, value] = [schema.getKeySchema(), schema.getValueSchema()];
  const entries = numbered(traitsOf(schema).xmlFlattened ? node : below(node, 'entry'));
  return Object.fromEntries(
    entries.map((entry) => [
      String(below(entry, traitsOf(key).xmlName ?? 'key')),
      readNode(value, below(entry, traitsOf(value).xmlName ?? 'value'), dialect),
    ]),
  );
}

function fieldName(member: NormalizedSchema, name: string, dialect: Dialect): string {
  const { ec2QueryName, xmlName = name } = traitsOf(member);
  if (dialect === 'awsQuery') return xmlName;
  return ec2QueryName ?? xmlName.charAt(0).toUpperCase() + xmlName.slice(1);
}

const traitsOf = (schema: NormalizedSchema): QueryTraits => schema.getMergedTraits() as QueryTraits;

const below = (node: Node, name: string): Node | undefined => (typeof node === 'string' ? undefined : node[name]);

/** The children named 1, 2, 3, ... in that order. */
function numbered(node: Node | undefined): Node[] {
  if (node === undefined || typeof node === 'string') return [];
  return Object.keys(node)
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => node[name]!);
}
