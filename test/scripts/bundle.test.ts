import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withShortErrorClasses } from '../../scripts/bundle/error-classes.ts';
import { withShortErrorSchemas } from '../../scripts/bundle/error-schemas.ts';
import { withInlineNames } from '../../scripts/bundle/inline-names.ts';
import { withLiteralKeys } from '../../scripts/bundle/literal-keys.ts';
import { withoutDescriptions } from '../../scripts/bundle/no-descriptions.ts';
import { withoutJsonSchema } from '../../scripts/bundle/no-json-schema.ts';
import { ownMap } from '../../scripts/bundle/own-map.ts';

const CLIENTS = ['auto-scaling', 'cloudwatch', 'dynamodb', 'lambda', 'pricing', 'rds', 'sns', 'ssm', 'sts'];

type ErrorClass = { readonly shapeId?: string } & (new (options: object) => Error);

describe.each(CLIENTS)('the error classes of client-%s, written shorter', (client) => {
  const file = createRequire(import.meta.url)
    .resolve(`@aws-sdk/client-${client}`)
    .replace(/dist-cjs.*$/, 'dist-es/models/errors.js');
  let before: Record<string, ErrorClass>;
  let after: Record<string, ErrorClass>;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lamplighter-errors-'));
    const short = withShortErrorClasses(await readFile(file, 'utf8'));
    // From another folder it has to find the same base class.
    await writeFile(join(folder, 'errors.js'), short.replace(/from "\.\/(\w+)"/, `from "${dirname(file)}/$1.js"`));
    before = await import(pathToFileURL(file).href);
    after = await import(pathToFileURL(join(folder, 'errors.js')).href);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are as many, under the same names', () => {
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    expect(Object.keys(after).length).toBeGreaterThan(5);
  });

  it('make the same errors', () => {
    const options = { message: 'no', $metadata: { httpStatusCode: 400 }, Type: 'User', Message: 'No', Item: { a: 1 } };
    for (const [name, Short] of Object.entries(after)) {
      const was = new before[name]!(options);
      const is = new Short(options);
      expect({ ...is, message: is.message }, name).toEqual({ ...was, message: was.message });
      expect(is).toBeInstanceOf(Short);
      expect(Object.getPrototypeOf(Object.getPrototypeOf(is))).toBe(Object.getPrototypeOf(Object.getPrototypeOf(was)));
      expect(Short.shapeId ?? '').toBe(before[name]!.shapeId ?? '');
    }
  });

  it('take less room', async () => {
    const source = await readFile(file, 'utf8');
    expect(withShortErrorClasses(source).length).toBeLessThan(source.length / 1.5);
  });
});

it('leaves an error class that is written in another way as it is', () => {
  const other = 'export class Throttled extends __BaseException {\n    $retryable = { throttling: true };\n}\n';
  expect(withShortErrorClasses(other)).toBe(other);
});

describe.each(CLIENTS)('the error schemas of client-%s, written shorter', (client) => {
  const file = createRequire(import.meta.url)
    .resolve(`@aws-sdk/client-${client}`)
    .replace(/dist-cjs.*$/, 'dist-es/schemas/schemas_0.js');

  it('describe the same errors and register the same classes', async () => {
    const source = await readFile(file, 'utf8');
    const short = withShortErrorSchemas(source);
    const [before, after] = [await import(pathToFileURL(file).href), await imported(short, file)];
    expect(registered(after)).toEqual(registered(before));
    expect(registered(after).length).toBeGreaterThan(5);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(short.length).toBeLessThan(source.length);
  });

  it('are the same with the names where they are used', async () => {
    const source = await readFile(file, 'utf8');
    const short = withInlineNames(withLiteralKeys(source));
    const [before, after] = [await import(pathToFileURL(file).href), await imported(short, file)];
    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
    expect(registered(after)).toEqual(registered(before));
    expect(short.match(/^const _\w+ = "/gm)?.length ?? 0).toBeLessThan(
      (source.match(/^const _\w+ = "/gm) ?? []).length / 2,
    );
  });
});

/** A client's schemas, rewritten: in another folder they find the same modules. */
async function imported(source: string, file: string): Promise<Rewritten> {
  const folder = await mkdtemp(join(tmpdir(), 'lamplighter-schemas-'));
  const elsewhere = source
    .replaceAll('from "../models/', `from "${join(dirname(file), '../models')}/`)
    .replaceAll('"@smithy/core/schema"', JSON.stringify(import.meta.resolve('@smithy/core/schema')));
  await writeFile(join(folder, 'schemas.js'), elsewhere);
  try {
    return await import(pathToFileURL(join(folder, 'schemas.js')).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Rewritten = { readonly errorTypeRegistries: readonly Registry[] };

interface Registry {
  readonly exceptions: ReadonlyMap<readonly unknown[], ErrorClass>;
}

/** What the client looks an error up in: the schemas in their order, with the class of each. */
const registered = ({ errorTypeRegistries }: { readonly errorTypeRegistries: readonly Registry[] }) =>
  errorTypeRegistries.flatMap(({ exceptions }) =>
    [...exceptions].map(([schema, { name, shapeId }]) => ({ schema: JSON.stringify(schema), name, shapeId })),
  );

describe('what settings say of themselves', () => {
  const fields = [
    "a: text('a name').describe('One, of `two`'),",
    'b: flag().describe(',
    "  'It\\'s of several ' +",
    '    `pieces`,',
    ').optional(),',
  ].join('\n');

  it('is left out, and the lines stay where they are', () => {
    expect(withoutDescriptions(fields)).toBe("a: text('a name'),\nb: flag()\n\n\n.optional(),");
  });

  it.each(['a.describe(upTo(most))', "describe('a test', () => {})", "a.describe('as ' + what)"])(
    'stays when it is computed, or something else: %s',
    (source) => expect(withoutDescriptions(source)).toBe(source),
  );
});

it('takes the JSON schemas out of zod, and refuses to do so when zod has changed', async () => {
  const file = join(dirname(createRequire(import.meta.url).resolve('zod')), 'v4/classic/schemas.js');
  const source = await readFile(file, 'utf8');
  expect(withoutJsonSchema(source, file)).not.toMatch(/processJSONSchema|to-json-schema\.js";/);
  expect(() => withoutJsonSchema('export {};', 'schemas.js')).toThrow(/schemas\.js does not bring JSON schemas/);
});

describe('the source map of a bundle', () => {
  // One line: 0-9 from a package, 10-19 from run.ts with a name, 20-29 from the package again, twice.
  const mixed = {
    version: 3,
    sources: ['../../node_modules/zod/index.js', '../../functions/right-size/run.ts'],
    names: ['parse', 'gather'],
    mappings: 'AAAAA,UCEEC,UDDFD,KACA',
  };

  it('keeps the places and the names of the project, and nothing of packages', () => {
    const own = JSON.parse(ownMap(JSON.stringify(mixed)));
    expect(own.sources).toEqual(['../../functions/right-size/run.ts']);
    expect(own.names).toEqual(['gather']);
    expect(own.mappings).toBe('A,UAEEA,U');
  });
});
