/**
 * `npm run bench -- calls | cold [--json]`: what a run costs in API calls, time and memory, and what a cold start costs.
 * Speed is measured here and asserted nowhere: tests assert behaviour.
 */
import { parseArgs } from 'node:util';
import { type ActingFigures, measureActing, printActing } from './acting.ts';
import { type CallFigures, measureCalls, printCalls } from './calls.ts';
import { measureColdStarts, printColdStarts } from './cold.ts';

const BENCHES = {
  calls: async (json: boolean) =>
    report({ ...(await measureCalls()), 'carry-out': { stop: await measureActing() } }, { json, print: printAll }),
  cold: async (json: boolean) => report(await measureColdStarts(), { json, print: printColdStarts }),
} as const;

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [name = ''] = positionals;

if (!(name in BENCHES) || positionals.length !== 1) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--json]`);
  process.exitCode = 2;
} else {
  await BENCHES[name as keyof typeof BENCHES](values.json);
}

function printAll(figures: CallFigures & { readonly 'carry-out': { readonly stop: ActingFigures } }): void {
  printCalls(figures);
  printActing(figures['carry-out'].stop);
}

function report<T>(figures: T, { json, print }: { json: boolean; print: (figures: T) => void }): void {
  if (json) console.log(JSON.stringify(figures, undefined, 2));
  else print(figures);
}
