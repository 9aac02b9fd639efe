import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundle, handlers } from '../../../scripts/bundle/bundle.ts';
import { functionsOf } from '../../../scripts/package/deployed.ts';
import type { Packaged } from '../../../scripts/package/packaged.ts';
import { calledOperations } from '../calls.ts';

/** Importing a handler wires it up; whatever connects at that moment is a mistake, and the test shall say so. */
const NO_NETWORK =
  'data:text/javascript,import net from "node:net";net.Socket.prototype.connect=()=>{throw new Error("connected")}';

/** In KB: what cold starts were measured with, of all that a start compiles. carry-out brings the durable SDK. */
const BUDGET: Readonly<Record<string, number>> = { 'carry-out': 900 };
const BUDGET_OF_THE_REST = 700;

export function bundleSuite(packaged: Packaged): void {
  const { folder, bundles, zips } = packaged;

  it('bundles every function that is deployed, and deploys every function that is bundled', () => {
    expect(
      functionsOf(packaged)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(bundles.map(({ name }) => name));
  });

  describe.each(functionsOf(packaged))('the zip of $name', ({ name, properties }) => {
    const files = zips.get(name)!;
    const code = textOf(files, /\.mjs$/);

    it('holds the bundle, its chunks, and the source map of each', () => {
      const { outputs } = bundles.find((candidate) => candidate.name === name)!.metafile;
      const written = Object.keys(outputs).map((path) => `dist/${name}/${basename(path)}`);
      expect([...files.keys()].sort()).toEqual(written.sort());
      expect(written).toContain(`dist/${name}/index.mjs.map`);
    });

    it("maps back to the project's sources, without carrying them, and to no package", () => {
      const map = JSON.parse(files.get(`dist/${name}/index.mjs.map`)?.toString() ?? '');
      expect(map.sources).toContainEqual(expect.stringMatching(`functions/${name}/handler.ts$`));
      expect(map.sources).not.toContainEqual(expect.stringContaining('node_modules'));
      expect(map).not.toHaveProperty('sourcesContent');
      expect(textOf(files, /index\.mjs$/)).toMatch(/\/\/# sourceMappingURL=index\.mjs\.map\s*$/);
    });

    it.each([
      ['as configured', {}],
      ['with a chat topic', { CHAT_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:lamplighter-prod-chat' }],
    ])('exports a handler, %s, and connects to nothing until it is called', { timeout: 30_000 }, async (_, more) => {
      const { Variables } = properties.Environment as { Variables: Record<string, string> };
      const file = join(folder, 'dist', name, 'index.mjs'); // the same bytes as in the zip
      expect(firstDifference(await readFile(file, 'utf8'), textOf(files, /index\.mjs$/))).toBeUndefined();
      const script = `const { handler } = await import(${JSON.stringify(file)}); console.log(typeof handler)`;
      const environment = { ...LAMBDA, ...Variables, EXTERNAL_ID: 'the-external-id-of-the-hub', ...more };
      const options = ['--import', NO_NETWORK, '--input-type=module', '--eval', script];
      const { stdout } = await promisify(execFile)(process.execPath, options, { env: environment });
      expect(stdout).toBe('function\n');
    });

    it('is the same for the same sources', { timeout: 30_000 }, async () => {
      const handler = handlers().find((path) => path.endsWith(`/${name}/handler.ts`))!;
      const again = await bundle(handler, join(folder, 'again'));
      for (const [path, content] of files) {
        const written = await readFile(join(dirname(again.file), basename(path)), 'utf8');
        expect(firstDifference(written, content.toString()), path).toBeUndefined();
      }
    });

    it('stays within the size that cold starts were measured with', () => {
      const { outputs } = bundles.find((candidate) => candidate.name === name)!.metafile;
      expect(bytesOfAStart(outputs) / 1024).toBeLessThan(BUDGET[name] ?? BUDGET_OF_THE_REST);
    });

    it('does not even know the operations that it does not call', () => {
      const known = (operation: string) => code.includes(`"${operation}"`);
      const called = calledOperations(bundles.find((candidate) => candidate.name === name)!.metafile);
      expect(called.filter((operation) => !known(operation.split(':')[1]!))).toEqual([]);
      expect(['TerminateInstances', 'DeleteDBInstance', 'AuthorizeSecurityGroupIngress'].filter(known)).toEqual([]);
    });

    it('takes its credentials from the environment and knows no other place', () => {
      const inputs = Object.values(bundles.find((candidate) => candidate.name === name)!.metafile.outputs)
        .flatMap((output) => Object.keys(output.inputs))
        .map((path) => /@aws-sdk\/(credential-provider-[\w-]+)/.exec(path)?.[1])
        .filter((provider) => provider !== undefined);
      expect(new Set(inputs)).toEqual(new Set(['credential-provider-env']));
    });
  });
}

const textOf = (files: ReadonlyMap<string, Buffer>, which: RegExp): string =>
  [...files].flatMap(([path, content]) => (which.test(path) ? content.toString() : [])).join('\n');

/** The entry and the chunks that it imports; what it loads later, by `import()`, is not compiled at a start. */
function bytesOfAStart(outputs: Metafile['outputs']): number {
  const reached = new Set(Object.keys(outputs).filter((path) => path.endsWith('/index.mjs')));
  for (const path of reached) {
    for (const { kind, path: chunk } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[chunk]) reached.add(chunk);
    }
  }
  return [...reached].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}

/** Half a megabyte in one line is nothing to print when a test fails. */
function firstDifference(one: string, other: string): string | undefined {
  if (one === other) return undefined;
  const at = [...one].findIndex((character, index) => character !== other[index]);
  return `at ${at}: ${one.slice(at, at + 60)} | ${other.slice(at, at + 60)}`;
}

/** What Lambda itself puts into the environment. */
const LAMBDA = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_LAMBDA_FUNCTION_NAME: 'lamplighter',
  AWS_REGION: 'us-east-1',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
};
