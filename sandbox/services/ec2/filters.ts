import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../http/errors.ts';

/** What a filter looks at: the values of one item, any of which may match. */
export type Fields<T> = Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;

interface Tagged {
  readonly Tags?: readonly Tag[] | undefined;
}

/**
 * Whether an item passes all filters. Within a filter any value will do; `*` and `?` are wildcards.
 * `tag:KEY` and `tag-key` work everywhere. @throws AwsError InvalidParameterValue for an unknown filter
 */
export function filterBy<T extends Tagged>(
  filters: readonly Filter[] | undefined,
  fields: Fields<T>,
): (item: T) => boolean {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const valuesOf = fieldNamed(Name, fields);
    const patterns = Values.map(patternOf);
    return (item: T) => valuesOf(item).some((value) => value !== undefined && patterns.some((one) => one(value)));
  });
  return (item) => tests.every((test) => test(item));
}

function fieldNamed<T extends Tagged>(name: string, fields: Fields<T>): (item: T) => readonly (string | undefined)[] {
  if (name === 'tag-key') return ({ Tags = [] }) => Tags.map((tag) => tag.Key);
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return ({ Tags = [] }) => Tags.filter((tag) => tag.Key === key).map((tag) => tag.Value ?? '');
  }
  const field = fields[name];
  if (!field) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return field;
}

function patternOf(text: string): (value: string) => boolean {
  if (!/[*?]/.test(text)) return (value) => value === text;
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  const expression = new RegExp(`^${escaped}$`);
  return (value) => expression.test(value);
}
