import { hashOf } from '../canonical.ts';
import { asciiOf, fitting, type Message, type MessageAttributes, roomForFacts } from '../message.ts';
import type { Policy } from '../policy.ts';
import { localTime } from '../time.ts';
import type { Breach, ToldBreach } from './breach.ts';
import { databaseIn, type Night, waitsFor } from './night.ts';

const LIMITS = { inText: 40, inChat: 10, attributeValues: 40 } as const;

const HEADS = {
  begun: 'No good snapshot within the recovery point objective',
  lasts: 'Still none',
  over: 'Over',
} as const satisfies Record<ToldBreach['news'], string>;

/** The recovery point objectives that are not met, as a message of its own: what is new, what lasts, and what is over. */
export function breachMessage(told: readonly ToldBreach[], night: Night, policy: Policy): Message {
  const { account, time } = night;
  const open = told.filter(({ news }) => news !== 'over');
  const regions = [...new Set(told.map(({ breach }) => breach.scope.region))].sort();
  const attributes: MessageAttributes = {
    kind: 'rpo',
    severity: open.length > 0 ? 'critical' : 'info',
    account,
    region: regions.slice(0, LIMITS.attributeValues),
    rule: [],
    owner: [],
  };
  const text = textOf(told, night, policy);
  const facts = told.map(({ breach, news }) => ({ ...breach, news }));
  const shown = fitting(facts, roomForFacts({ text, attributes }));
  return {
    id: hashOf({ kind: 'rpo', account, time, told: facts }).slice(0, 16),
    subject: asciiOf(`[Lamplighter] ${account}: ${summaryOf(told)}`),
    text,
    facts: {
      version: 1,
      kind: 'rpo',
      function: 'snapshot-databases',
      account,
      time,
      breaches: shown,
      omitted: facts.length - shown.length,
    },
    chat: [
      summaryOf(told),
      ...told
        .slice(0, LIMITS.inChat)
        .map(
          ({ breach, news }) =>
            `• *${breach.name}* (${breach.scope.region}): ${HEADS[news].toLowerCase()}, ${breach.because}`,
        ),
    ].join('\n'),
    attributes,
  };
}

function summaryOf(told: readonly ToldBreach[]): string {
  const open = told.filter(({ news }) => news !== 'over');
  const [first] = open.length > 0 ? open : told;
  const more = (open.length > 0 ? open.length : told.length) - 1;
  const names = `${first?.breach.name}${more > 0 ? ` and ${more} more` : ''}`;
  return open.length > 0 ? `no good snapshot in time of ${names}` : `good snapshots again of ${names}`;
}

function textOf(told: readonly ToldBreach[], night: Night, { timezone }: Policy): string {
  const at = (iso: string) => localTime(new Date(iso), timezone);
  const parts = (['begun', 'lasts', 'over'] as const).flatMap((wanted) => {
    const these = told.filter(({ news }) => news === wanted).map(({ breach }) => breach);
    if (these.length === 0) return [];
    const lines = these
      .slice(0, LIMITS.inText)
      .flatMap((one) => [
        `- ${one.name} in ${one.scope.region}: ${one.because}${wanted === 'begun' ? '' : `; since ${at(one.since)}`}`,
        ...(wanted === 'over' ? [] : [`  ${whatIsDone(one, night)}`]),
      ]);
    const rest = these.length - LIMITS.inText;
    return [[`${HEADS[wanted]}:`, ...lines, ...(rest > 0 ? [`And ${rest} more.`] : [])].join('\n')];
  });
  return [
    `snapshot-databases looked at the account ${night.account} as of ${at(night.time)}.`,
    ...parts,
    'This is said again every day for as long as it lasts.',
  ].join('\n\n');
}

/** What the night does about it, or why it does nothing. */
function whatIsDone({ database, name }: Breach, { take, left }: Night): string {
  const planned = take?.act.find(
    ({ action }) => databaseIn(action) === database.id && action.kind !== 'delete-snapshot',
  );
  const after = planned && waitsFor(planned.action);
  if (planned?.mode === 'auto' && after) return `the plan ${take?.id} takes a snapshot once ${after} is deleted`;
  if (planned?.mode === 'auto') return `a snapshot is taken now, by the plan ${take?.id}`;
  if (planned?.mode === 'approve') return `a snapshot waits for an approval: npm run answer -- approve ${take?.id}`;
  if (planned) return 'a snapshot would be taken, but the mode is report';
  return (
    left.find(({ databaseName }) => databaseName === name)?.because ?? 'nothing is planned: `snapshots.mode` is off'
  );
}
