/**
 * `npm run bench -- calls | cold | spend [--json]`: what a run costs in API calls, time and memory, what a cold start costs, and
 * how well the spend model does (`spend --data DIR`: on the series and cases of a directory).
 * Speed is measured here and asserted nowhere: tests assert behaviour.
 */
import { parseArgs } from 'node:util';
import { type ActingFigures, measureActing, printActing } from './acting.ts';
import { type CallFigures, measureCalls, printCalls } from './calls.ts';
import { measureColdStarts, printColdStarts } from './cold.ts';
import { measureSpeed, printSpeed } from './spend/speed.ts';
import { measureSpend, printSpend } from './spend/spend.ts';
import { measureWatching, printWatching, type WatchFigures } from './watching.ts';

const BENCHES = {
  calls: async (json: boolean) =>
    report(
      {
        ...(await measureCalls()),
        'carry-out': { stop: await measureActing() },
        'watch-spend': await measureWatching(),
      },
      { json, print: printAll },
    ),
  cold: async (json: boolean) => report(await measureColdStarts(), { json, print: printColdStarts }),
  spend: async (json: boolean) => {
    report(await measureSpend(values.data), { json, print: printSpend });
    if (!json) printSpeed(await measureSpeed());
  },
} as const;

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, data: { type: 'string' } },
  allowPositionals: true,
});
const [name = ''] = positionals;

if (!(name in BENCHES) || positionals.length !== 1) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--data DIR] [--json]`);
  process.exitCode = 2;
} else {
  await BENCHES[name as keyof typeof BENCHES](values.json);
}

interface AllFigures extends CallFigures {
  readonly 'carry-out': { readonly stop: ActingFigures };
  readonly 'watch-spend': WatchFigures;
}

function printAll(figures: AllFigures): void {
  printCalls(figures);
  printActing(figures['carry-out'].stop);
  printWatching(figures['watch-spend']);
}

function report<T>(figures: T, { json, print }: { json: boolean; print: (figures: T) => void }): void {
  if (json) console.log(JSON.stringify(figures, undefined, 2));
  else print(figures);
}
