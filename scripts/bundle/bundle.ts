import { existsSync, readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { ownMap } from './own-map.ts';
import { packages } from './packages.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One Lambda function, bundled: a file for the start, and chunks for what it loads by `import()`. */
export interface Bundle {
  /** the folder under functions/, which is also the function's name in serverless.yml */
  readonly name: string;
  /** path of the entry, `<outDir>/<name>/index.mjs`; its chunks, and the source map of each file, lie next to it */
  readonly file: string;
  /** of all its code, chunks included */
  readonly bytes: number;
  /** what esbuild put in and left out, also in `meta.json` next to the bundle (which stays out of the zip) */
  readonly metafile: Metafile;
}

/** @returns every `functions/<name>/handler.ts` of the project, sorted by path */
export function handlers(root = ROOT): string[] {
  return readdirSync(join(root, 'functions'))
    .sort()
    .map((name) => join(root, 'functions', name, 'handler.ts'))
    .filter((handler) => existsSync(handler));
}

/**
 * Bundles one handler for the Lambda runtime. The same sources give the same bytes.
 *
 * @param handler path of a `handler.ts`
 * @param outDir where the bundle's folder is written; an older one is replaced
 */
export async function bundle(handler: string, outDir: string): Promise<Bundle> {
  const name = basename(dirname(handler));
  const folder = join(outDir, name);
  const file = join(folder, 'index.mjs');
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: { index: handler },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    splitting: true, // a cold start does not compile what the sources load by `import()`
    absWorkingDir: ROOT, // the paths in the metafile do not depend on where the build was started
    bundle: true,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    platform: 'node',
    target: 'node24', // the runtime in serverless.yml: nothing is rewritten for older ones
    format: 'esm',
    // The packages' ES modules, where they have some: CommonJS cannot be tree-shaken. Without this line esbuild
    // prefers `main` for Node.
    mainFields: ['module', 'main'],
    // An ES module has no `require`, which bundled CommonJS still calls for Node's own modules.
    banner: { js: "import{createRequire as __c}from'node:module';const require=__c(import.meta.url);" },
    plugins: [packages],
    alias: {
      // Lambda's credentials are in the environment: the default chain is 115 to 135 KB and 25 to 35 ms for nothing.
      '@aws-sdk/credential-provider-node': join(ROOT, 'scripts/bundle/lambda-credentials.ts'),
      bowser: join(ROOT, 'scripts/bundle/no-browser.ts'),
      'mnemonist/lru-cache': join(ROOT, 'scripts/bundle/endpoint-map.ts'),
      '@smithy/core/event-streams': join(ROOT, 'scripts/bundle/no-event-streams.ts'),
      '@aws-sdk/signature-v4-multi-region': join(ROOT, 'scripts/bundle/one-region.ts'),
    },
    // The map goes into the zip, so that NODE_OPTIONS=--enable-source-maps writes stack traces with file and line into
    // the log, for whoever reads them at night. The bundle is a single line: without a map a trace says nothing.
    // The sources themselves stay out.
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
  });
  const files = Object.entries(metafile.outputs).filter(([path]) => path.endsWith('.mjs'));
  for (const map of files.map(([path]) => join(ROOT, `${path}.map`))) {
    await writeFile(map, ownMap(await readFile(map, 'utf8')));
  }
  await writeFile(join(folder, 'meta.json'), JSON.stringify(metafile));
  return { name, file, bytes: files.reduce((sum, [, { bytes }]) => sum + bytes, 0), metafile };
}
