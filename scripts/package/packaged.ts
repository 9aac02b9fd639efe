import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bundle, bundle, handlers } from '../bundle/bundle.ts';
import type { Template } from './template.ts';
import { unzip } from './unzip.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVERLESS = join(
  dirname(createRequire(import.meta.url).resolve('serverless/package.json')),
  'bin/serverless.js',
);

/** What `npm run package` makes. */
export interface Packaged {
  /** a temporary copy of what the packaging needs, with the result in it; for whoever asked for it to remove */
  readonly folder: string;
  readonly bundles: readonly Bundle[];
  /** what CloudFormation would get, with the parameters at their defaults */
  readonly template: Template;
  /** the files of each function's zip */
  readonly zips: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
  /** all that the framework printed */
  readonly output: string;
}

/** Bundles and packages in a folder of its own: no .serverless or dist in the project, nothing to trip over. */
export async function packageService(parameters: Readonly<Record<string, string>> = {}): Promise<Packaged> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'lamplighter-package-'));
  await cp(join(ROOT, 'serverless.yml'), join(folder, 'serverless.yml'));
  await cp(join(ROOT, 'infra'), join(folder, 'infra'), { recursive: true });
  const bundles = await Promise.all(handlers().map((handler) => bundle(handler, join(folder, 'dist'))));
  const given = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  const output = await serverless(folder, 'package', ...given);
  return {
    folder,
    bundles,
    output,
    template: await packagedTemplate(folder),
    zips: new Map(
      await Promise.all(
        bundles.map(
          async ({ name }) => [name, unzip(await readFile(join(folder, `.serverless/${name}.zip`)))] as const,
        ),
      ),
    ),
  };
}

/** @returns the template that the last packaging in the folder made */
export async function packagedTemplate(folder: string): Promise<Template> {
  return JSON.parse(await readFile(join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8'));
}

/** Runs the framework with nothing of this machine's environment: no credentials, no region, no home. */
export async function serverless(folder: string, ...command: string[]): Promise<string> {
  const environment = { PATH: dirname(process.execPath), HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };
  const options = { cwd: folder, env: environment };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [SERVERLESS, ...command], options);
  return stdout + stderr;
}
