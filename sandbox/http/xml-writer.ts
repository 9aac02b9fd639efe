import type { NormalizedSchema } from '@smithy/core/schema';

/**
 * Writes responses of the Query protocols. A schema is turned into a writer once and then used for every
 * response, which takes a page of a thousand instances in a few milliseconds where the SDK's own
 * `XmlShapeSerializer` takes hundreds: it builds a node for every element first.
 */
type Write = (value: unknown) => string;

/** The traits that decide how a member is written. */
interface XmlTraits {
  readonly xmlName?: string;
  readonly xmlFlattened?: 0 | 1;
}

const compiled = new WeakMap<object, Write>();

/** The members of a structure as XML, without an element around them. */
export function writeMembers(schema: NormalizedSchema, value: object): string {
  return schema.isStructSchema() ? structWriter(schema)(value) : '';
}

function writerOf(schema: NormalizedSchema): Write {
  if (schema.isStructSchema()) return structWriter(schema);
  if (schema.isListSchema()) return listWriter(schema);
  if (schema.isMapSchema()) return mapWriter(schema);
  if (schema.isTimestampSchema()) return (value) => (value as Date).toISOString();
  if (schema.isBlobSchema()) return (value) => Buffer.from(value as Uint8Array).toString('base64');
  return (value) => (typeof value === 'string' ? escapeXml(value) : String(value));
}

/** Structures may contain themselves, so the members are compiled when the first value comes along. */
function structWriter(schema: NormalizedSchema): Write {
  const key = schema.getSchema() as object;
  const known = compiled.get(key);
  if (known) return known;
  let members: readonly (readonly [name: string, write: Write])[] | undefined;
  const write: Write = (value) => {
    members ??= [...schema.structIterator()].map(([name, member]) => [name, memberWriter(name, member)]);
    let xml = '';
    for (const [name, writeMember] of members) {
      const one = (value as Readonly<Record<string, unknown>>)[name];
      if (one !== undefined && one !== null) xml += writeMember(one);
    }
    return xml;
  };
  compiled.set(key, write);
  return write;
}

function memberWriter(name: string, member: NormalizedSchema): Write {
  const traits = member.getMergedTraits() as XmlTraits;
  const tag = traits.xmlName ?? name;
  const write = writerOf(member);
  // The items of a flattened list carry the list's own name and have no element around them.
  if (traits.xmlFlattened) {
    const writeItem = writerOf(member.getValueSchema());
    return (items) => (items as readonly unknown[]).map((item) => element(tag, writeItem(item))).join('');
  }
  return (value) => element(tag, write(value));
}

function listWriter(schema: NormalizedSchema): Write {
  const item = schema.getValueSchema();
  const tag = (item.getMergedTraits() as XmlTraits).xmlName ?? 'member';
  const write = writerOf(item);
  return (items) => {
    let xml = '';
    for (const one of items as readonly unknown[]) xml += element(tag, write(one));
    return xml;
  };
}

function mapWriter(schema: NormalizedSchema): Write {
  const [key, item] = [schema.getKeySchema(), schema.getValueSchema()];
  const keyTag = (key.getMergedTraits() as XmlTraits).xmlName ?? 'key';
  const itemTag = (item.getMergedTraits() as XmlTraits).xmlName ?? 'value';
  const write = writerOf(item);
  return (entries) =>
    Object.entries(entries as object)
      .map(([name, value]) => element('entry', element(keyTag, escapeXml(name)) + element(itemTag, write(value))))
      .join('');
}

const element = (tag: string, content: string): string => `<${tag}>${content}</${tag}>`;

export function escapeXml(text: string): string {
  return /[&<>"'\r]/.test(text) ? text.replace(/[&<>"'\r]/g, (one) => `&#${one.charCodeAt(0)};`) : text;
}
