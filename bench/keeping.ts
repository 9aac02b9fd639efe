import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { functionEnv, installHub } from '../sandbox/hub/hub.ts';
import { invokeInProcess } from '../sandbox/hub/invoke.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { bundle } from '../scripts/bundle/bundle.ts';
import { isPriceLookUp, tally } from './calls.ts';
import { ACCOUNT, NOW, REGION, type Shelf, stockAccount } from './keeping-account.ts';

/** What one run of snapshot-databases took. */
interface Figures {
  /** Every call of the run, ledger and SNS included, but for the look-ups of prices. */
  readonly apiCalls: number;
  /** Of these, the pages of snapshots: RDS lists a hundred on each. */
  readonly snapshotCalls: number;
  /** Of these, what AWS takes money for by the question: Cost Explorer, metrics, KMS. */
  readonly paidCalls: number;
  /** Price list, and the ledger's memory of it: read from AWS once a week. */
  readonly priceCalls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  readonly wallMs: number;
  /** Of the process of the bundled function; the sandbox runs in another one. */
  readonly peakRssMb: number;
}

interface NightFigures extends Figures {
  readonly databases: number;
  /** All that the account owns in the region; what others share with it is beside them. */
  readonly snapshots: number;
  /** The figures above are of reading and planning (`mode: report`). These are of the scheduled night: it is recorded and told. */
  readonly night: Figures;
}

export interface KeepingFigures {
  /** By the number of snapshots. */
  readonly 'snapshot-databases': Readonly<Record<string, NightFigures>>;
}

const DATABASES = 500;

/**
 * The same databases with ever more snapshots: AWS keeps those of 35 nights at most, the tiers want about twenty, and others have
 * no limit. The second is of Lamplighter's own above all, the last of others'.
 */
const SHELVES: readonly Shelf[] = [
  { automated: 2, own: 1, others: 1, awsBackup: 0 },
  { automated: 7, own: 20, others: 2, awsBackup: 1 },
  { automated: 35, own: 2, others: 2, awsBackup: 1 },
  { automated: 35, own: 2, others: 33, awsBackup: 10 },
];

export async function measureKeeping(): Promise<KeepingFigures> {
  const out = await mkdtemp(join(tmpdir(), 'lamplighter-bench-'));
  try {
    const handler = new URL('../functions/snapshot-databases/handler.ts', import.meta.url);
    const { file } = await bundle(fileURLToPath(handler), out);
    const figures: Record<string, NightFigures> = {};
    for (const shelf of SHELVES) {
      const one = await measureShelf(file, shelf);
      figures[one.snapshots] = one;
    }
    return { 'snapshot-databases': figures };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function measureShelf(file: string, shelf: Shelf): Promise<NightFigures> {
  const sandbox = await startSandbox({ now: NOW, region: REGION });
  try {
    const snapshots = stockAccount(sandbox, { databases: DATABASES, shelf });
    const hub = await installHub(sandbox, {
      policy: { timezone: 'Asia/Seoul', scopes: [{ account: ACCOUNT, regions: [REGION] }] },
    });
    const measure = async (event: object): Promise<Figures> => {
      sandbox.calls.clear();
      const began = performance.now();
      const env = functionEnv(sandbox, hub, 'snapshot-databases');
      const { peakRssMb } = await invokeInProcess({
        file,
        env,
        event: { ...event, time: NOW.toISOString() },
        now: NOW,
      });
      const wallMs = Math.round(performance.now() - began);
      const calls = sandbox.calls.all();
      const others = calls.filter((call) => !isPriceLookUp(call));
      return {
        apiCalls: others.length,
        snapshotCalls: others.filter(({ operation }) => LISTS.includes(operation)).length,
        paidCalls: others.filter(({ service }) => PAID.includes(service)).length,
        priceCalls: calls.length - others.length,
        byOperation: tally(others),
        wallMs,
        peakRssMb,
      };
    };
    const plan = await measure({ mode: 'report' });
    const night = await measure({});
    hub.dynamodb.destroy();
    return { databases: DATABASES, snapshots, ...plan, night };
  } finally {
    await sandbox.close();
  }
}

const LISTS = ['DescribeDBSnapshots', 'DescribeDBClusterSnapshots'];
const PAID = ['ce', 'cloudwatch', 'kms'];

export function printKeeping(figures: KeepingFigures): void {
  for (const { databases, snapshots, night, ...plan } of Object.values(figures['snapshot-databases'])) {
    console.log(
      `snapshot-databases over ${databases} databases with ${snapshots} snapshots: ${plan.apiCalls} API calls to plan ` +
        `(${plan.snapshotCalls} pages of snapshots), ${plan.paidCalls} paid, and ${plan.priceCalls} for prices`,
    );
    console.log(`  ${plan.wallMs} ms, peak RSS of the function ${plan.peakRssMb} MB`);
    for (const [operation, count] of Object.entries(plan.byOperation))
      console.log(`  ${String(count).padStart(5)}  ${operation}`);
    console.log(
      `  as a night, recorded and told: ${night.apiCalls} API calls, ${night.wallMs} ms, ${night.peakRssMb} MB`,
    );
  }
}
