import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundle, handlers } from '../scripts/bundle/bundle.ts';

/** One function's cold start, the median of several fresh processes. */
interface Figures {
  readonly bundleKb: number;
  readonly importMs: number;
  readonly rssMb: number;
  /** Import time as a multiple of the bare SNS handler's, in the same run. */
  readonly timesBareSns: number;
}

export type ColdFigures = Readonly<Record<string, Figures>>;

const RUNS = 15;

/** What the functions are compared with: nothing at all, and the least that publishes to SNS. */
const YARDSTICKS = {
  empty: 'export const handler = async () => undefined;\n',
  'bare-sns': `import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
const sns = new SNSClient({});
export const handler = (event) => sns.send(new PublishCommand({ TopicArn: process.env.TOPIC_ARN, Message: JSON.stringify(event) }));
`,
} as const;

export async function measureColdStarts(): Promise<ColdFigures> {
  // Inside the project, so that the yardsticks find the same packages as the functions.
  const work = await mkdtemp(join(import.meta.dirname, '.yardsticks-'));
  const out = await mkdtemp(join(tmpdir(), 'lamplighter-cold-'));
  try {
    const entries = [...(await writeYardsticks(work)), ...handlers()];
    const bundles = await Promise.all(entries.map((entry) => bundle(entry, out)));
    const samples = new Map(bundles.map(({ name }) => [name, [] as Sample[]]));
    // In turns, so that a busy moment of the machine meets all of them; the first round warms the disk and is dropped.
    for (let run = 0; run <= RUNS; run++) {
      for (const { name, file } of bundles) {
        const sample = await importOnce(file);
        if (run > 0) samples.get(name)?.push(sample);
      }
    }
    return figuresOf(bundles, samples);
  } finally {
    await Promise.all([work, out].map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

async function writeYardsticks(folder: string): Promise<string[]> {
  return Promise.all(
    Object.entries(YARDSTICKS).map(async ([name, source]) => {
      await mkdir(join(folder, name));
      const file = join(folder, name, 'handler.ts');
      await writeFile(file, source);
      return file;
    }),
  );
}

interface Sample {
  readonly importMs: number;
  readonly rssMb: number;
}

/** The settings that the functions ask for at cold start; nothing is called. */
const SETTINGS = {
  AWS_REGION: 'eu-west-1',
  LEDGER_TABLE: 'lamplighter-prod',
  TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:lamplighter-alerts-prod',
  LOOK_ROLE_NAME: 'lamplighter-look',
  EXTERNAL_ID: 'bench-external-id',
  ACT_ROLE_NAME: 'lamplighter-act',
  CARRY_OUT_ARN: 'arn:aws:lambda:eu-west-1:123456789012:function:lamplighter-carry-out-prod:live',
  PAUSE_PARAMETER: '/lamplighter/prod/pause',
  HALT_PARAMETER: '/lamplighter/prod/halt',
} as const;

async function importOnce(file: string): Promise<Sample> {
  const script = `const t = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)});
    console.log(JSON.stringify({ importMs: performance.now() - t, rssMb: process.memoryUsage().rss / 2 ** 20 }))`;
  const args = ['--enable-source-maps', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...SETTINGS } });
  return JSON.parse(stdout) as Sample;
}

function figuresOf(
  bundles: readonly { readonly name: string; readonly bytes: number }[],
  samples: ReadonlyMap<string, readonly Sample[]>,
): ColdFigures {
  const importMs = (name: string) => median((samples.get(name) ?? []).map((sample) => sample.importMs));
  return Object.fromEntries(
    bundles.map(({ name, bytes }) => [
      name,
      {
        bundleKb: Math.round(bytes / 1024),
        importMs: rounded(importMs(name)),
        rssMb: Math.round(median((samples.get(name) ?? []).map((sample) => sample.rssMb))),
        timesBareSns: rounded(importMs(name) / importMs('bare-sns')),
      },
    ]),
  );
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number): number => Math.round(value * 10) / 10;

export function printColdStarts(figures: ColdFigures): void {
  console.log(`${'function'.padEnd(20)} bundle KB   import ms   x bare SNS   RSS MB`);
  for (const [name, { bundleKb, importMs, timesBareSns, rssMb }] of Object.entries(figures)) {
    const columns = [bundleKb, importMs, timesBareSns, rssMb].map((value) => String(value).padStart(10)).join('  ');
    console.log(name.padEnd(20) + columns);
  }
}
