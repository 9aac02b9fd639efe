import { type Anomaly, monthlyOf } from '../../shared/core/spend/anomaly.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import type { MonthOfCosts } from '../../shared/core/spend/history.ts';
import type { Day } from '../../shared/core/spend/series.ts';
import { daysBefore } from '../../shared/core/time.ts';
import type { Claim } from '../../shared/ports.ts';
import type { AnomalyAnswers, KeptCosts, SpendLedger, SpendRun } from '../../shared/ports-spend.ts';

/** What watch-spend and `answer` keep about anomalies, in Maps. No method waits, so each is one step. */
export class MemorySpend implements Omit<SpendLedger, 'currentPolicy'>, AnomalyAnswers {
  readonly #turns = new Map<string, Claim>();
  readonly #runs = new Map<string, SpendRun>();
  readonly #costs = new Map<string, MonthOfCosts>();
  readonly #calls = new Map<string, number>();
  readonly #anomalies = new Map<string, Anomaly>();
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

  async run(payer: string, time: string): Promise<SpendRun | undefined> {
    return this.#runs.get(`${payer} ${time}`);
  }

  async unfinished(payer: string, now: Date): Promise<readonly SpendRun[]> {
    const from = daysBefore(14, now).toISOString();
    return [...this.#runs.values()]
      .filter((run) => run.payer === payer && run.state === 'recorded' && run.time >= from)
      .sort((a, b) => (a.time < b.time ? -1 : 1));
  }

  async record(run: SpendRun): Promise<void> {
    const key = `${run.payer} ${run.time}`;
    if (!this.#runs.has(key)) this.#runs.set(key, structuredClone(run));
  }

  async announced({ payer, time }: SpendRun): Promise<void> {
    const run = this.#runs.get(`${payer} ${time}`);
    if (!run) throw Object.assign(new Error('missing'), { name: 'LedgerCorruptError' });
    this.#runs.set(`${payer} ${time}`, { ...run, state: 'announced' });
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

  async anomalies(payer: string, { from, to }: { from: Day; to: Day }): Promise<readonly Anomaly[]> {
    return [...this.#anomalies.values()]
      .filter((one) => one.payer === payer && one.firstDay >= from && one.firstDay < to)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async keepAnomalies(anomalies: readonly Anomaly[]): Promise<void> {
    for (const one of anomalies) this.#anomalies.set(one.id, structuredClone(one));
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

const placeOf = ({ payer, metric, without, view }: KeptCosts, month: string): string =>
  [payer, metric, ...without.toSorted(), view, month].join(' ');
