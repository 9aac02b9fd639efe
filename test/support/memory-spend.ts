import { type Anomaly, monthlyOf } from '../../shared/core/spend/anomaly.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import type { Explanation } from '../../shared/core/spend/explanation.ts';
import type { MonthOfCosts } from '../../shared/core/spend/history.ts';
import type { Day } from '../../shared/core/spend/series.ts';
import { daysBefore } from '../../shared/core/time.ts';
import type { Claim } from '../../shared/ports.ts';
import type {
  AnomalyAnswers,
  FoundOut,
  KeptCosts,
  RunOccasion,
  SpendLedger,
  SpendRun,
} from '../../shared/ports-spend.ts';

/** What watch-spend and `answer` keep about anomalies, in Maps. No method waits, so each is one step. */
export class MemorySpend implements Omit<SpendLedger, 'currentPolicy'>, AnomalyAnswers {
  readonly #turns = new Map<string, Claim>();
  readonly #runs = new Map<string, SpendRun>();
  readonly #costs = new Map<string, MonthOfCosts>();
  readonly #calls = new Map<string, number>();
  readonly #withoutResources = new Map<string, { why: string; until: Date }>();
  readonly #anomalies = new Map<string, Anomaly>();
  readonly #explanations = new Map<string, FoundOut>();
  readonly #answers: SpendAnswer[] = [];

  async begin(payer: string, claim: Claim): Promise<boolean> {
    const held = this.#turns.get(payer);
    if (held && held.holder !== claim.holder && held.until > claim.now) return false;
    this.#turns.set(payer, claim);
    return true;
  }

  async end(payer: string, holder: string): Promise<void> {
    if (this.#turns.get(payer)?.holder === holder) this.#turns.delete(payer);
  }

  async run(payer: string, time: string, occasion?: RunOccasion): Promise<SpendRun | undefined> {
    return this.#runs.get(runKey({ payer, time, occasion }));
  }

  async lastLook(payer: string, before: Date): Promise<string | undefined> {
    return [...this.#runs.values()]
      .filter((run) => run.payer === payer && !run.occasion && run.time < before.toISOString())
      .map(({ time }) => time)
      .sort()
      .at(-1);
  }

  async unfinished(payer: string, now: Date): Promise<readonly SpendRun[]> {
    const from = daysBefore(14, now).toISOString();
    return [...this.#runs.values()]
      .filter((run) => run.payer === payer && run.state === 'recorded' && run.time >= from)
      .sort((a, b) => (a.time < b.time ? -1 : 1));
  }

  async record(run: SpendRun): Promise<void> {
    const key = runKey(run);
    if (!this.#runs.has(key)) this.#runs.set(key, structuredClone(run));
  }

  async announced(announced: SpendRun): Promise<void> {
    const key = runKey(announced);
    const run = this.#runs.get(key);
    if (!run) throw Object.assign(new Error('missing'), { name: 'LedgerCorruptError' });
    this.#runs.set(key, { ...run, state: 'announced' });
  }

  async costs(kept: KeptCosts, months: readonly string[]): Promise<readonly MonthOfCosts[]> {
    return months.flatMap((month) => this.#costs.get(placeOf(kept, month)) ?? []);
  }

  async keepCosts(kept: KeptCosts, months: readonly MonthOfCosts[]): Promise<void> {
    for (const month of months) this.#costs.set(placeOf(kept, month.month), structuredClone(month));
  }

  async countPaidCall(payer: string, month: string, most: number): Promise<boolean> {
    const calls = this.#calls.get(`${payer} ${month}`) ?? 0;
    if (calls >= most) return false;
    this.#calls.set(`${payer} ${month}`, calls + 1);
    return true;
  }

  async withoutResources(payer: string, service: string, now: Date): Promise<string | undefined> {
    const without = this.#withoutResources.get(`${payer} ${service}`);
    return without && now < without.until ? without.why : undefined;
  }

  async keepWithoutResources(payer: string, without: { service: string; why: string; until: Date }): Promise<void> {
    this.#withoutResources.set(`${payer} ${without.service}`, without);
  }

  async anomalies(payer: string, { from, to }: { from: Day; to: Day }): Promise<readonly Anomaly[]> {
    return [...this.#anomalies.values()]
      .filter((one) => one.payer === payer && one.firstDay >= from && one.firstDay < to)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async keepAnomalies(anomalies: readonly Anomaly[]): Promise<void> {
    for (const one of anomalies) this.#anomalies.set(one.id, structuredClone(one));
  }

  async explanation(id: string, about: string): Promise<Explanation | undefined> {
    const found = this.#explanations.get(id);
    return found?.about === about ? found.explanation : undefined;
  }

  async keepExplanation(id: string, found: FoundOut): Promise<void> {
    this.#explanations.set(id, structuredClone(found));
  }

  async spendAnswers(): Promise<readonly SpendAnswer[]> {
    return [...this.#answers].sort((a, b) => (`${a.anomaly}${a.at}` < `${b.anomaly}${b.at}` ? -1 : 1));
  }

  async anomaly(id: string): Promise<Anomaly | undefined> {
    return this.#anomalies.get(id);
  }

  async answersAbout(id: string): Promise<readonly SpendAnswer[]> {
    return (await this.spendAnswers()).filter(({ anomaly }) => anomaly === id);
  }

  async recordSpendAnswer(answer: SpendAnswer): Promise<void> {
    this.#answers.push(structuredClone(answer));
  }

  async openAnomalies(): Promise<readonly Anomaly[]> {
    return [...this.#anomalies.values()]
      .filter(({ state }) => state === 'open')
      .sort((a, b) => Math.abs(monthlyOf(b)) - Math.abs(monthlyOf(a)) || (a.id < b.id ? -1 : 1));
  }
}

const runKey = ({ payer, time, occasion = 'daily' }: { payer: string; time: string; occasion?: string | undefined }) =>
  [payer, time, occasion].join(' ');

const placeOf = ({ payer, metric, without, view }: KeptCosts, month: string): string =>
  [payer, metric, ...without.toSorted(), view, month].join(' ');
