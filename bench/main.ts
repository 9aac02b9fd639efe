/**
 * `npm run bench -- calls | cold | sizing | spend [--json]`: what a run costs in API calls, time and memory, what a cold start costs,
 * how well machines are sized by what they asked for afterwards, and how well the spend model does. `--data DIR`: on the
 * data of a directory, for the last two.
 * Speed is measured here and asserted nowhere: tests assert behaviour.
 */
import { parseArgs } from 'node:util';
import { type ActingFigures, printActing } from './acting.ts';
import { printAlarms, type RemediateFigures } from './alarms.ts';
import { apart } from './apart.ts';
import { type CallFigures, measureCalls, printCalls } from './calls.ts';
import { measureColdStarts, printColdStarts } from './cold.ts';
import { type KeepingFigures, measureKeeping, printKeeping } from './keeping.ts';
import { type OffHoursFigures, printOffHours } from './off-hours.ts';
import { measureSizing, printSizing } from './sizing/sizing.ts';
import { measureSpeed, printSpeed } from './spend/speed.ts';
import { measureSpend, printSpend } from './spend/spend.ts';
import { measureWatching, printWatching, type WatchFigures } from './watching.ts';

interface Options {
  readonly json: boolean;
  readonly data?: string;
}

const BENCHES = {
  calls: async ({ json }: Options) =>
    report(
      {
        ...(await measureCalls()),
        'carry-out': { stop: await apart<ActingFigures>('./acting.ts', 'measureActing') },
        'watch-spend': await measureWatching(),
        'off-hours': await apart<OffHoursFigures>('./off-hours.ts', 'measureOffHours'),
        ...(await measureKeeping()),
        'remediate-alarm': await apart<RemediateFigures>('./alarms.ts', 'measureAlarms'),
      },
      { json, print: printAll },
    ),
  cold: async ({ json }: Options) => report(await measureColdStarts(), { json, print: printColdStarts }),
  sizing: async ({ json, data }: Options) => report(measureSizing(data), { json, print: printSizing }),
  spend: async ({ json, data }: Options) => {
    report(await measureSpend(data), { json, print: printSpend });
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
  await BENCHES[name as keyof typeof BENCHES](values);
}

interface AllFigures extends CallFigures, KeepingFigures {
  readonly 'carry-out': { readonly stop: ActingFigures };
  readonly 'watch-spend': WatchFigures;
  readonly 'off-hours': OffHoursFigures;
  readonly 'remediate-alarm': RemediateFigures;
}

function printAll(figures: AllFigures): void {
  printCalls(figures);
  printActing(figures['carry-out'].stop);
  printWatching(figures['watch-spend']);
  printOffHours(figures['off-hours']);
  printKeeping(figures);
  printAlarms(figures['remediate-alarm']);
}

function report<T>(figures: T, { json, print }: { json: boolean; print: (figures: T) => void }): void {
  if (json) console.log(JSON.stringify(figures, undefined, 2));
  else print(figures);
}
