import { describeAction } from '../../shared/core/action.ts';
import { wordsFor } from '../../shared/core/remediation/subject.ts';
import { type ToldPart, type Turned, turnsOf } from '../../shared/core/remediation/told.ts';
import { textTable } from '../../shared/core/table.ts';
import type { Decision } from './decide.ts';

/** What the caller is told of one account. */
export type AccountReport = ReturnType<typeof accountReport>;

export function accountReport(account: string, now: Date, { plans, incidents, quiet }: Decision) {
  return {
    account,
    time: now.toISOString(),
    plans: plans.map(({ id }) => id),
    told: turnsOf({ incidents }).map(turnLine),
    quiet: quiet.map(partLine),
  };
}

const turnLine = ({ part, turn, plan, proposal }: Turned) => ({
  ...partLine(part),
  turn,
  ...(plan && proposal ? { plan: plan.id, action: describeAction(proposal.action) } : {}),
});

const partLine = ({ alarms, subject, resource, runbook, remedy, held }: ToldPart) => ({
  alarms: alarms.map(({ name, arn, scope: { region }, state, since }) => ({
    name,
    arn,
    region,
    state,
    since: since.toISOString(),
  })),
  about: resource?.name ?? wordsFor(subject),
  ...(runbook ? { runbook } : {}),
  ...(held ? { guard: held.guard, ...(held.plan ? { answeredBy: held.plan } : {}) } : {}),
  ...(held?.again ? { again: held.again.toISOString() } : {}),
  because: held?.because ?? remedy?.because ?? '',
  ...(remedy ? { found: remedy.because, evidence: remedy.evidence, next: remedy.next } : {}),
});

const WORDS = { now: 'at once', approve: 'waits for an approval', report: 'only reported', left: 'left' } as const;

/** The same for a terminal: a line a resource, what is done first. */
export const accountsTable = (reports: readonly AccountReport[]): string =>
  reports
    .map(({ account, time, plans, told, quiet }) => {
      const rows = [...told, ...quiet.map((one) => ({ ...one, turn: 'left' as const, action: undefined }))];
      return [
        `account ${account} as of ${time}${plans.length > 0 ? `, plans ${plans.join(', ')}` : ''}`,
        rows.length > 0
          ? textTable(
              ['alarm', 'region', 'about', 'runbook', 'verdict', 'because'],
              rows.map(({ alarms, about, runbook = '', turn, action, because }) => [
                alarmsIn(alarms),
                alarms[0]?.region ?? '',
                about,
                runbook,
                action ? `${action} (${WORDS[turn]})` : WORDS[turn],
                because,
              ]),
            )
          : 'no alarm is on',
      ].join('\n');
    })
    .join('\n\n');

const alarmsIn = ([first, ...others]: readonly { readonly name: string }[]): string =>
  others.length > 0 ? `${first?.name} and ${others.length} more` : (first?.name ?? '');
