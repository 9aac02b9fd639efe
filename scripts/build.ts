/** `npm run build`: bundles every function into dist/<function>/index.mjs, which serverless.yml packages. */
import { fileURLToPath } from 'node:url';
import { bundle, handlers } from './bundle/bundle.ts';

const outDir = fileURLToPath(new URL('../dist', import.meta.url));

for (const handler of handlers()) {
  const { name, bytes } = await bundle(handler, outDir);
  console.log(`${name.padEnd(20)} ${(bytes / 1024).toFixed(0).padStart(5)} KB`);
}
