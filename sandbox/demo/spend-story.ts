import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { spendLedger } from '../../shared/aws/ledger/watching.ts';
import type { Anomaly } from '../../shared/core/spend/anomaly.ts';
import type { PlantedIncident } from '../bill/plant.ts';
import { seedBill } from '../bill/seed-bill.ts';
import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Acting } from './acting.ts';
import { indented } from './indented.ts';
import type { Screen } from './screen.ts';
import { type } from './terminal.ts';

/** The days of the sale, which the policy plans, and everybody knows of. */
export const SALE = { from: '2026-10-19', to: '2026-10-26', why: 'autumn sale', account: '111111111111' } as const;

/** Everything that Cost Explorer keeps of the last 400 days. */
const RANGE = { from: '2025-10-18', to: '2026-11-22' } as const;

export interface SpendStage {
  readonly screen: Screen;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly acting: Acting;
  /** Wakes the function watch-spend. */
  readonly wake: (event: unknown) => Promise<{ readonly result: unknown }>;
}

/** Gives the shop a bill, with what is to be found in it: three incidents, and a sale that is none. */
export function seedSpend(sandbox: Sandbox, externalId: string): PlantedIncident[] {
  sandbox.estate.hub.role('lamplighter-look', { externalId });
  return seedBill(sandbox, {
    externalId,
    incidents: [
      { kind: 'nat-spike', from: '2026-09-22' },
      { kind: 'sale', from: SALE.from, days: 7 },
      { kind: 'forgotten-fleet', from: '2026-10-30', days: 10 },
      { kind: 'miners', from: '2026-11-16', days: 30 },
    ],
  });
}

/** 400 days of the bill judged, each as of that day; then the next mornings, and a person who answers. */
export async function playSpend(
  stage: SpendStage,
  planted: readonly PlantedIncident[],
): Promise<{ readonly spend: string }> {
  const { screen, sandbox, hub, wake } = stage;
  screen.title('Why did the bill move? watch-spend judges 400 days, each as of that day');
  const before = sandbox.calls.length;
  const heard = sandbox.messages(hub.topicArn).length;
  const { result: table } = await screen.step(`the bundle gets ${JSON.stringify(RANGE)}`, () =>
    wake({ ...RANGE, format: 'table' }),
  );
  const paid = sandbox.calls
    .all()
    .slice(before)
    .filter(({ service }) => service === 'ce').length;
  screen.detail(indented(String(table)));
  const [digest] = sandbox.messages(hub.topicArn).slice(heard);
  const { email } = JSON.parse(digest?.message ?? '{"email":""}') as { email: string };
  screen.line(digest?.subject ?? '');
  screen.detail(indented(sectionsAbout(email, planted).join('\n\n')));
  screen.detail(`  (one digest; ${paid} pages of Cost Explorer, $${(paid / 100).toFixed(2)}, once)\n`);

  const open = await stillOpen(stage);
  screen.title('The next mornings: what is open is one thread, and somebody answers');
  await screen.step('Monday: nothing that was not said', () => wake({ time: '2026-11-23T07:30:00Z' }));
  screen.detail(`  ${sandbox.messages(hub.topicArn).length - heard - 1} messages more: nothing is said twice.`);
  await type(stage, 'investigate', open.id, '--note', 'key revoked, tasks stopped');
  await type(stage, 'list');
  await asTold(stage, planted);
  return { spend: String(table) };
}

/** The anomaly of the stolen key, which goes on. */
async function stillOpen({ hub }: SpendStage): Promise<Anomaly> {
  const open = await answerLedger({ client: hub.dynamodb, table: hub.table }).openAnomalies();
  const [dearest] = open;
  if (!dearest) throw new Error('no anomaly is open');
  return dearest;
}

/** Of a digest what is about the planted incidents. */
const sectionsAbout = (email: string, planted: readonly PlantedIncident[]): string[] =>
  email
    .split('\n\n')
    .filter((section) => planted.some(({ event }) => touchedBy(event).some((one) => section.includes(one))));

/** Each planted incident was found, with its usage type first and who did it; the sale was not. */
async function asTold({ screen, hub }: SpendStage, planted: readonly PlantedIncident[]): Promise<void> {
  const ledger = spendLedger({ client: hub.dynamodb, table: hub.table });
  const found = await ledger.anomalies(hub.account, { from: RANGE.from, to: RANGE.to });
  for (const incident of planted) {
    const about = found.filter((one) => isAbout(one, incident));
    if (incident.planned && about.length > 0) throw new Error(`the planned ${incident.kind} was told: ${about[0]?.id}`);
    if (!incident.planned && !about.some((one) => isExplained(one, incident))) {
      throw new Error(`the incident ${incident.kind} was not found with its cause`);
    }
  }
  const named = planted.filter(({ planned }) => !planned).map(({ kind }) => kind);
  screen.detail(
    `In the ledger: ${named.join(', ')} found with their causes; the sale, which the policy plans, left alone.`,
  );
}

const isAbout = (one: Anomaly, { from, until, account, services }: PlantedIncident): boolean =>
  one.account === account && services.includes(one.service) && one.firstDay >= from && one.firstDay < until;

/** What the call that caused it has touched. */
const touchedBy = (event: PlantedIncident['event']): string[] => (event?.resources ?? []).map(({ name }) => name);

function isExplained({ explanation }: Anomaly, { usageTypes, event }: PlantedIncident): boolean {
  const { causes, traces } = explanation ?? {};
  const first = causes?.known ? causes.value[0]?.keys[0] : undefined;
  const touched = traces?.known ? traces.value.events.flatMap((event) => event.resources) : [];
  return usageTypes.includes(first ?? '') && touchedBy(event).some((one) => touched.includes(one));
}
