import { nameOfPerson } from '../approvers.ts';
import { hashOf } from '../canonical.ts';
import type { Message, Severity } from '../message.ts';
import { asciiOf, bytesOf, fitting, roomForFacts } from '../message.ts';
import { formatMoney } from '../money.ts';
import type { Policy } from '../policy.ts';
import { localTime } from '../time.ts';
import { type Anomaly, impactOf, monthlyOf, type News, severityOf } from './anomaly.ts';
import type { SpendAnswer } from './answer.ts';
import { costExplorerLink } from './console.ts';
import { addDays, daysBetween } from './day.ts';
import type { Cause, Explanation } from './explanation.ts';
import { sameDollars } from './new-region.ts';
import type { Day } from './series.ts';

const LIMITS = {
  inText: 20,
  inChat: 10,
  causes: 3,
  traces: 3,
  /** What an answer's `--until` is shown as: so many days ahead. */
  answerDays: 14,
} as const;

/** An anomaly of which people are to be told, and why now. */
export interface Told {
  readonly anomaly: Anomaly;
  readonly news: News;
  readonly answer?: SpendAnswer;
}

/** What woke the function, as far as the message says so. */
export interface Occasion {
  readonly payer: string;
  /** ISO time of the tick. */
  readonly time: string;
  /** The last day that was judged. */
  readonly asOf: Day;
  /** Anomalies that are open, and of which there is nothing new. */
  readonly stillOpen?: number;
  /** Series with too little history to be judged. */
  readonly unjudged?: number;
  /** The days before that no run had judged, half-open: from `judgedFrom` on they are judged now, each as of that day. */
  readonly missed?: { readonly from: Day; readonly to: Day; readonly judgedFrom: Day };
  /** The days of a backfill, half-open. */
  readonly backfill?: { readonly from: Day; readonly to: Day };
  /** The billing alarm that went off, in its own words. */
  readonly alarm?: { readonly name: string; readonly reason: string };
}

/** A day's news as one message, the dearest first. */
export function spendMessage(news: readonly Told[], occasion: Occasion, policy: Policy): Message {
  const { spend, defaults } = policy;
  const all = [...news].sort((a, b) => weight(b) - weight(a) || (a.anomaly.id < b.anomaly.id ? -1 : 1));
  const findings = findingsIn(all);
  const text = [
    ...openingText(findings, occasion),
    ...findings.slice(0, LIMITS.inText).map((one, index) => `${index + 1}. ${findingText(one, policy)}`),
    ...restText(findings.slice(LIMITS.inText)),
    leftOutText(spend),
  ].join('\n\n');
  const severity = worstOf(
    all.map(({ anomaly }) => severityOf(anomaly, spend)),
    occasion,
  );
  const accounts = distinct(all.map(({ anomaly }) => anomaly.account));
  const attributes = {
    kind: 'spend' as const,
    severity,
    account: accounts.length === 1 ? (accounts[0] ?? occasion.payer) : accounts.length > 0 ? accounts : occasion.payer,
    region: distinct(all.flatMap(({ anomaly }) => regionsOf(anomaly))),
    rule: distinct(all.map(({ anomaly }) => anomaly.kind)),
    owner: distinct(all.flatMap(({ anomaly }) => ownerOf(anomaly, defaults.ownerTag))),
  };
  const [only] = findings;
  return {
    id: hashOf({ occasion, told: all.map(({ anomaly, news }) => [anomaly.id, news, anomaly.asOf]) }).slice(0, 16),
    subject: asciiOf(subjectOf(findings, occasion)),
    text,
    facts: factsOf(all, occasion, { bytes: roomForFacts({ text, attributes }), policy: spend }),
    chat: chatOf(findings, occasion),
    ...(only && findings.length === 1 ? { thread: `spend-${only.anomaly.id}` } : {}),
    attributes,
  };
}

/** What is told as one: an anomaly, and the new regions that cost the same dollars. */
interface Finding extends Told {
  readonly regions: readonly Told[];
}

function findingsIn(all: readonly Told[]): Finding[] {
  const same = sameDollars(all.map(({ anomaly }) => anomaly));
  const regionsWith = ({ id }: Anomaly) => all.filter(({ anomaly }) => same.get(anomaly.id)?.id === id);
  return all
    .filter(({ anomaly }) => !same.has(anomaly.id))
    .map((one) => ({ ...one, regions: regionsWith(one.anomaly) }));
}

/** By what it costs a month, or what it has cost when it is over. */
const weight = ({ anomaly }: Told): number => Math.max(Math.abs(monthlyOf(anomaly)), Math.abs(impactOf(anomaly)));

const NEWS: Readonly<Record<News, string>> = {
  opened: 'new',
  grown: 'has grown',
  explained: 'its cause is known now',
  reminded: 'still there after the snooze',
  resolved: 'is over',
  accepted: 'is the new level',
  withdrawn: 'was withdrawn',
};

/** Of what is back at the level from before nobody says that it was a new one. */
const newsText = ({ news, anomaly }: Pick<Told, 'news' | 'anomaly'>): string =>
  news === 'accepted' && anomaly.returned ? 'is back at its earlier level' : NEWS[news];

const hasTotal = ({ news }: Told): boolean => news === 'resolved' || news === 'withdrawn';

function subjectOf(all: readonly Told[], { payer, alarm, backfill, stillOpen }: Occasion): string {
  const [first] = all;
  const prefix = `[Lamplighter] ${alarm ? 'billing alarm, ' : backfill ? 'backfill, ' : ''}`;
  if (!first)
    return `${prefix}${payer}: nothing ${stillOpen ? `new, ${stillOpen} still open` : 'unusual'} in the spend`;
  const { anomaly } = first;
  const more = all.length > 1 ? `, and ${all.length - 1} more` : '';
  const money = hasTotal(first) ? impactText(anomaly) : `${monthlyText(anomaly)} a month`;
  const tail = ` ${signOf(anomaly)}${money}${first.news === 'opened' ? '' : ` ${newsText(first)}`}${more}`;
  const room = 99 - prefix.length - anomaly.account.length - 2 - tail.length;
  return `${prefix}${anomaly.account}: ${shortened(anomaly.service, room)}${tail}`;
}

const signOf = ({ kind }: Anomaly): string => (kind === 'drop' ? '-' : '+');
const shortened = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, room - 3)}...`;

const moneyOf = ({ currency }: Anomaly, amount: number): string => formatMoney({ currency, amount });
const impactText = (anomaly: Anomaly): string => moneyOf(anomaly, Math.abs(impactOf(anomaly)));
const monthlyText = (anomaly: Anomaly): string => moneyOf(anomaly, Math.abs(monthlyOf(anomaly)));

function openingText(
  all: readonly Told[],
  { payer, time, asOf, stillOpen, unjudged, missed, alarm, backfill }: Occasion,
): string[] {
  const count = all.length === 1 ? '1 anomaly' : `${all.length} anomalies`;
  const head = backfill
    ? `watch-spend judged the spend under the payer ${payer} for every day from ${backfill.from} to before ${backfill.to}, as ` +
      `of that day: ${count}. AWS has restated days since: what is judged are the amounts as they are now.`
    : `watch-spend judged the spend under the payer ${payer} up to ${asOf}: ${all.length > 0 ? `news of ${count}` : stillOpen ? 'nothing is new' : 'nothing is unusual'}.`;
  const more = [
    ...(stillOpen
      ? [`Still open: ${stillOpen}, of which there is nothing new; npm run answer -- list shows what is open.`]
      : []),
    ...(unjudged ? [unjudgedText(unjudged)] : []),
    ...(missed ? [missedText(missed)] : []),
  ];
  if (!alarm) return [head, ...more];
  return [
    `The billing alarm ${alarm.name} went off: ${alarm.reason}`,
    `${head} ${
      asOf < time.slice(0, 10)
        ? `Cost Explorer has nothing yet about the days after it: what was spent since is unknown.`
        : 'The running day is part of it and not complete: what rests on it is provisional.'
    }`,
    ...more,
  ];
}

export const unjudgedText = (count: number): string =>
  `Not judged in full yet, with too little history: ${count} series. Of them is told what is new, and what costs at least twice as much.`;

export const missedText = ({ from, to, judgedFrom }: NonNullable<Occasion['missed']>): string =>
  `No run had judged the days from ${from} to before ${to}: they are judged now, each as of that day` +
  (from < judgedFrom ? `, but for those before ${judgedFrom}: a backfill judges them.` : '.');

/** One finding: what, where, since when, how much, why, who, how sure, where to look, how to answer. */
function findingText({ anomaly, news, answer, regions }: Finding, { spend, timezone }: Policy): string {
  return [
    headOf({ anomaly, news }),
    `   ${whenText(anomaly)}: ${impactText(anomaly)} ${anomaly.kind === 'drop' ? 'less' : 'more'} than expected so far`,
    ...stayText(anomaly),
    `   expected ${perDay(anomaly, anomaly.expected)} a day, actual ${perDay(anomaly, anomaly.actual)} a day${daysText(anomaly)}`,
    ...explanationText(anomaly, timezone),
    ...regions.map(
      (one) => `   ${headOf(one)}: the same dollars, ${impactText(one.anomaly)} so far [${one.anomaly.id}]`,
    ),
    `   how sure: ${sureText(anomaly)}`,
    ...(answer ? [`   ${answerText(answer)}`] : []),
    `   ${costExplorerLink(anomaly, spend.metric)}`,
    ...howToAnswer(anomaly),
  ].join('\n');
}

const headOf = ({ anomaly, news }: Told): string =>
  `${titleOf(anomaly)} (${newsText({ anomaly, news })}${anomaly.provisional ? ', provisional' : ''})`;

function titleOf({ kind, service, account }: Anomaly): string {
  switch (kind) {
    case 'rise':
      return `${service} in ${account} costs more`;
    case 'drop':
      return `${service} in ${account} costs less`;
    case 'new-service':
      return `${service} is new in ${account}`;
    case 'new-region':
      return `the region ${service} is new in ${account}`;
    default:
      return kind satisfies never;
  }
}

function whenText({ state, firstDay, lastDay }: Anomaly): string {
  if (state !== 'open' || firstDay === lastDay)
    return firstDay === lastDay ? `on ${firstDay}` : `${firstDay} to ${lastDay}`;
  return `since ${firstDay}`;
}

const perDay = (anomaly: Anomaly, total: number): string => moneyOf(anomaly, total / anomaly.days);

/** Where it paused, the days that count. */
function daysText({ firstDay, lastDay, days }: Anomaly): string {
  const span = daysBetween(firstDay, lastDay) + 1;
  return days < span ? `, on ${days} of ${span} days` : '';
}

function stayText(anomaly: Anomaly): string[] {
  switch (anomaly.state) {
    case 'open':
      return [`   ${monthlyText(anomaly)} a month if it stays`];
    case 'resolved':
      return [`   it is over; that was its total`];
    case 'accepted':
      if (anomaly.returned) return [`   it is back at its earlier level: ${monthlyText(anomaly)} a month from now on`];
      return [
        `   it has lasted for two weeks and is taken for the new level: ${monthlyText(anomaly)} a month from now on`,
      ];
    case 'withdrawn':
      return ['   AWS has completed or restated these days, and nothing unusual is left of it'];
    case 'expected':
      return [];
    default:
      return anomaly.state satisfies never;
  }
}

function explanationText(anomaly: Anomaly, timezone: string): string[] {
  const { explanation, kind } = anomaly;
  if (!explanation) return [];
  const { causes, also, traces, ours } = explanation;
  const grouped = kind === 'new-region' ? 'by service and usage type' : 'by usage type and region';
  return [
    `   cause, ${grouped}: ${causes.known ? causesText(anomaly, causes.value) : `unknown, ${causes.why}`}`,
    `   ${also.by}: ${also.known ? causesText(anomaly, also.value) : `unknown, ${also.why}`}`,
    ...tracesText(traces, timezone),
    ...(ours.known
      ? ours.value.map((change) => `   Lamplighter itself: ${change}, a possible cause`)
      : [`   what Lamplighter itself changed: unknown, ${ours.why}`]),
  ];
}

function causesText(anomaly: Anomaly, causes: readonly Cause[]): string {
  if (causes.length === 0) return 'no single part of the bill stands out';
  return causes
    .slice(0, LIMITS.causes)
    .map(({ keys, amount, share }) => {
      const name = keys.filter(Boolean).join(' in ') || '(none)';
      return `${name} ${moneyOf(anomaly, amount)} (${Math.round(share * 100)} %)`;
    })
    .join('; ');
}

function tracesText(traces: Explanation['traces'], timezone: string): string[] {
  const where = traces.region ? ` in ${traces.region}` : '';
  if (!traces.known) return [`   CloudTrail${where}: unknown, ${traces.why}`];
  const { events, complete } = traces.value;
  const more = complete ? '' : '; there is more than was read';
  if (events.length === 0) return [`   CloudTrail${where}: no call that would explain it${more}`];
  return events.slice(0, LIMITS.traces).map(({ time, event, actor, resources }, index) => {
    const what = resources.length > 0 ? ` of ${resources.slice(0, 3).join(', ')}` : '';
    const rest =
      index === 0 && events.length > LIMITS.traces ? ` (${events.length} such calls${more})` : index === 0 ? more : '';
    const when = localTime(new Date(time), timezone);
    return `   CloudTrail${where}: ${event}${what} by ${nameOfPerson(actor)} at ${when}${rest}`;
  });
}

function sureText(anomaly: Anomaly): string {
  const sure = sizeText(anomaly);
  return anomaly.littleHistory ? `little history: held against its own few days alone; ${sure}` : sure;
}

function sizeText({ score, provisional, kind }: Anomaly): string {
  if (kind === 'new-service' || kind === 'new-region')
    return provisional ? 'provisional: AWS may still complete its days' : 'it was never there before';
  const size = Math.abs(score);
  const times = size > 10 ? 'more than ten times the threshold' : `${size.toFixed(1)} times the threshold`;
  return provisional ? `provisional: ${times}, and AWS may still complete its days; it is judged again` : times;
}

function answerText({ say, by, at, until, note }: SpendAnswer): string {
  const what = { expected: 'expects it', investigate: 'looks into it', snooze: 'snoozed it' }[say];
  return `${nameOfPerson(by)} ${what}${until ? ` until ${until}` : ''} (${at.slice(0, 10)})${note ? `: ${note}` : ''}`;
}

function howToAnswer({ id, state, asOf }: Anomaly): string[] {
  if (state !== 'open') return [];
  const until = addDays(asOf, LIMITS.answerDays);
  return [
    `   it is right:     npm run answer -- expected ${id}   (--until ${until}, or --recurring each month)`,
    `   looking into it: npm run answer -- investigate ${id}   not now: npm run answer -- snooze ${id} --until ${until}`,
  ];
}

function leftOutText({ without }: Policy['spend']): string {
  const left = without.length > 0 ? `the record types ${without.join(', ')} are` : 'no record type is';
  return `Days are UTC days, amounts as Cost Explorer shows them; ${left} left out.`;
}

function restText(rest: readonly Told[]): string[] {
  return rest.length > 0 ? [`And ${rest.length} smaller ones: npm run answer -- list shows what is open.`] : [];
}

/** The region names among the first causes; what is billed globally has none. */
function regionsOf({ kind, service, explanation }: Anomaly): string[] {
  if (kind === 'new-region') return [service];
  const [first] = explanation?.causes.known ? explanation.causes.value : [];
  return first?.keys[1] ? [first.keys[1]] : [];
}

/** Who owns it, where causes are told apart by the tag of the owner. */
function ownerOf({ explanation }: Anomaly, ownerTag: string): string[] {
  const also = explanation?.also;
  if (!also?.known || also.by !== `by the tag ${ownerTag}`) return [];
  return also.value.slice(0, 1).flatMap(({ keys }) => keys.filter(Boolean));
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort().slice(0, 40);

const ORDER: readonly Severity[] = ['info', 'warning', 'critical'];

/** Of a billing alarm at least a warning: whoever set it wants to hear of it. */
function worstOf(severities: readonly Severity[], { alarm }: Occasion): Severity {
  const at = Math.max(alarm ? 1 : 0, ...severities.map((one) => ORDER.indexOf(one)));
  return ORDER[at] ?? 'info';
}

function factsOf(
  all: readonly Told[],
  { time, ...occasion }: Occasion,
  { bytes, policy }: { bytes: number; policy: Policy['spend'] },
) {
  const head = { version: 1, kind: 'spend', function: 'watch-spend', time, ...occasion };
  const same = sameDollars(all.map(({ anomaly }) => anomaly));
  const facts = all.map(({ anomaly, news, answer }) => {
    const { said: _, service, ...rest } = anomaly;
    const toldWith = same.get(anomaly.id)?.id;
    return {
      news,
      ...(toldWith ? { sameDollarsAs: toldWith } : {}),
      ...rest,
      ...(anomaly.kind === 'new-region' ? { region: service } : { service }),
      impact: impactOf(anomaly),
      monthly: monthlyOf(anomaly),
      severity: severityOf(anomaly, policy),
      console: costExplorerLink(anomaly, policy.metric),
      ...(answer ? { answer } : {}),
    };
  });
  const anomalies = fitting(facts, bytes - bytesOf(head));
  return { ...head, anomalies, omitted: facts.length - anomalies.length };
}

function chatOf(all: readonly Finding[], occasion: Occasion): string {
  const lines = all.slice(0, LIMITS.inChat).map(({ anomaly, news, regions }) => {
    const money = `${signOf(anomaly)}${impactText(anomaly)} so far, ${signOf(anomaly)}${monthlyText(anomaly)} a month if it stays`;
    const causes = anomaly.explanation?.causes;
    const [first] = causes?.known ? causes.value : [];
    const why = first ? `; mostly ${first.keys.filter(Boolean).join(' in ')}` : '';
    const where = regions.map((one) => `; ${titleOf(one.anomaly)}`).join('');
    return `• *${titleOf(anomaly)}* (${newsText({ anomaly, news })}${anomaly.provisional ? ', provisional' : ''}): ${money}${why}${where} \`${anomaly.id}\``;
  });
  const more = all.length > LIMITS.inChat ? [`and ${all.length - LIMITS.inChat} more`] : [];
  return [...openingText(all, occasion), ...lines, ...more].join('\n');
}

/** The weekly proof that messages arrive. */
export function selfTestMessage(payer: string, time: string): Message {
  const day = time.slice(0, 10);
  return {
    id: hashOf({ selfTest: payer, time }).slice(0, 16),
    subject: `[Lamplighter] ${payer}: the weekly test of the delivery, ${day}`,
    text:
      `watch-spend sends this every week so that you know that its messages reach you. Nothing is wrong and nothing is to be done.\n\n` +
      'If one of these does not come, look at the subscriptions of the topic, and at the alarm about messages that were not delivered.',
    facts: { version: 1, kind: 'self-test', function: 'watch-spend', payer, time },
    chat: `The weekly test of the delivery, ${day}: messages arrive.`,
    thread: `self-test-${payer}`,
    attributes: { kind: 'self-test', severity: 'info', account: payer, region: [], rule: [], owner: [] },
  };
}
