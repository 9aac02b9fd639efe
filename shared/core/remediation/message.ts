import { describeAction } from '../action.ts';
import { hashOf } from '../canonical.ts';
import { type Arn, consoleLink } from '../identity.ts';
import { asciiOf, bytesOf, fitting, type Message, type MessageAttributes, roomForFacts } from '../message.ts';
import { formatMoney } from '../money.ts';
import { parseHours } from '../quantity.ts';
import { chart } from '../sparkline.ts';
import { localTime } from '../time.ts';
import type { Alarm } from './alarm.ts';
import type { Held } from './guards.ts';
import type { Remedy } from './runbook.ts';
import { wordsFor } from './subject.ts';
import { type Telling, type ToldPart, type Turn, type Turned, turnsOf } from './told.ts';
import { loadLines } from './top-load.ts';
import { count } from './words.ts';

const LIMITS = {
  /** Of all parts in words: more than anybody reads. */
  textBytes: 80 * 1024,
  /** Alarms may say 1,024 characters of themselves, rules of composites 10,240. */
  line: 400,
  alarms: 5,
  evidence: 15,
  charts: 4,
  happenings: 10,
  alarmsInFacts: 20,
  inChat: 10,
  attributeValues: 40,
} as const;

/** What was found about alarms, as one message: what and why, with the evidence, what happens next, and how to stop it. */
export function remediationMessage(telling: Telling): Message {
  const turns = turnsOf(telling);
  const text = textOf(turns, telling);
  const attributes = attributesOf(turns, telling);
  const { account, now, incidents } = telling;
  const told = turns.flatMap(({ part, plan }) => part.alarms.map(({ arn, since }) => ({ arn, since, plan: plan?.id })));
  const [first] = incidents.length === 1 ? alarmsOf(turns) : [];
  return {
    id: hashOf({ kind: 'remediation', account, time: now.toISOString(), told }).slice(0, 16),
    subject: asciiOf(`[Lamplighter] ${account}: ${summaryOf(turns)}`),
    text,
    facts: factsOf(turns, { telling, bytes: roomForFacts({ text, attributes }) }),
    chat: chatOf(turns),
    attributes,
    ...(first ? { thread: `alarm ${first.arn}` } : {}),
  };
}

const alarmsOf = (turns: readonly Turned[]): Alarm[] => turns.flatMap(({ part }) => part.alarms);

/** What nobody looked into has no name that people know but its alarm's. */
const nameOf = ({ resource, subject, alarms, remedy }: ToldPart): string =>
  resource?.name ?? (subject.type === 'none' || !remedy ? `the alarm ${alarms[0]?.name}` : wordsFor(subject));

const WORDS: Readonly<Record<Turn, string>> = {
  now: 'carried out now',
  approve: 'waiting for an approval',
  report: 'only reported',
  left: 'left to you',
};

/** In short what becomes of it. */
const wordsOf = ({ turn, part }: Turned): string =>
  turn === 'left' && part.held?.again ? 'left to you for now' : WORDS[turn];

/** `orders: database-storage-low, carried out now`, or `12 alarms: 2 waiting for an approval, 3 left to you` */
function summaryOf(turns: readonly Turned[]): string {
  const [first] = turns;
  if (turns.length === 1 && first) return `${nameOf(first.part)}: ${runbookOf(first.part)}, ${wordsOf(first)}`;
  const parts = [...Map.groupBy(turns, wordsOf)].map(([words, these]) => `${these.length} ${words}`);
  return `${count(alarmsOf(turns).length, 'alarm')}: ${parts.join(', ')}`;
}

/** What was left before anybody asked for its runbook is called by what left it. */
const runbookOf = ({ runbook, remedy, held }: ToldPart): string =>
  runbook ?? (held && !remedy ? held.guard : 'no runbook');

function textOf(turns: readonly Turned[], telling: Telling): string {
  const { account, now, policy, incidents } = telling;
  const sections = turns.map((turned, index) => `${index + 1}. ${partText(turned, telling)}`);
  const shown = fitting(sections, LIMITS.textBytes);
  const rest = sections.length - shown.length;
  return [
    `remediate-alarm looked at ${count(alarmsOf(turns).length, 'alarm')} of the account ${account} as of ${localTime(now, policy.timezone)}.`,
    ...incidents.slice(0, LIMITS.inChat).map(({ because }) => short(`It is about ${because}.`)),
    ...shown,
    ...(rest > 0 ? [`And ${rest} more, in the ledger.`] : []),
    stopText(turns, telling),
  ].join('\n\n');
}

function partText(turned: Turned, telling: Telling): string {
  const { part } = turned;
  const { resource, remedy, subject } = part;
  const about = subject.type === 'none' || remedy ? '' : ` on ${wordsFor(subject)}`;
  const what = resource ? ` (${resource.what}) in ${resource.region}` : about;
  const owner = resource?.owner ? `, owner ${resource.owner}` : '';
  const lines = [
    ...alarmLines(part, telling),
    whyLine(turned),
    ...costLines(turned),
    ...(remedy ? evidenceLines(remedy) : []),
    ...(part.topLoad ? loadLines(part.topLoad) : []),
    ...happeningLines(part, telling),
    ...nextLines(turned, telling),
    ...linksOf(part),
  ];
  return [`${nameOf(part)}${what}${owner}`, ...lines.map((line) => `   ${short(line)}`)].join('\n');
}

const short = (line: string): string => (line.length > LIMITS.line ? `${line.slice(0, LIMITS.line)}...` : line);

function alarmLines({ alarms }: ToldPart, { policy }: Telling): string[] {
  const lines = alarms
    .slice(0, LIMITS.alarms)
    .map(({ name, since, reason }) => `alarm ${name}, on since ${localTime(since, policy.timezone)}: ${reason}`);
  const rest = alarms.length - LIMITS.alarms;
  return rest > 0 ? [...lines, `and ${count(rest, 'more alarm')} of it`] : lines;
}

function whyLine({ part, proposal }: Turned): string {
  const { remedy, held } = part;
  const because = proposal?.because ?? remedy?.because ?? held?.because ?? 'nothing is known of it';
  const action = proposal?.action ?? remedy?.act?.action;
  return action
    ? `${describeAction(action)}, because ${because} [${runbookOf(part)}]`
    : `${because} [${runbookOf(part)}]`;
}

function costLines({ part }: Turned): string[] {
  const { act } = part.remedy ?? {};
  if (!act) return [];
  const { monthlyMore, undo } = act;
  const cost = monthlyMore?.known ? `${formatMoney(monthlyMore.value)} a month more (list)` : monthlyMore?.why;
  return [
    ...(cost ? [`costs ${monthlyMore?.known ? cost : `an unknown amount more: ${cost}`}`] : []),
    undo.reversibility === 'none'
      ? `undo: none; it loses ${undo.loses ?? 'what it was'}`
      : `undo: ${undo.loses ? `all but ${undo.loses}` : 'in full'}`,
  ];
}

function evidenceLines({ charts, evidence }: Remedy): string[] {
  const rest = evidence.length - LIMITS.evidence;
  return [
    ...charts.slice(0, LIMITS.charts).map((drawing) => chart(drawing).join(': ')),
    ...evidence.slice(0, LIMITS.evidence).map((line) => `- ${line}`),
    ...(rest > 0 ? [`- and ${rest} lines more`] : []),
  ];
}

/** What changed in the hour before. That nothing is known is not that nothing changed. */
function happeningLines({ happenings }: ToldPart, { policy }: Telling): string[] {
  if (!happenings) return [];
  if (!happenings.known) return [`changed in the hour before: unknown, ${happenings.why}`];
  if (happenings.value.length === 0) return ['changed in the hour before: nothing that CloudTrail tells by now'];
  const newest = happenings.value.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const rest = newest.length - LIMITS.happenings;
  return [
    'changed in the hour before, as far as CloudTrail tells by now:',
    ...newest
      .slice(0, LIMITS.happenings)
      .map(({ at, what, by }) => `- ${localTime(at, policy.timezone)} ${what} (${by})`),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
  ];
}

/** By its turn: who has to do what until when. */
function nextLines({ part, turn, plan }: Turned, telling: Telling): string[] {
  const { policy, now } = telling;
  const { remedy } = part;
  const at = (ms: number) => localTime(new Date(now.getTime() + ms), policy.timezone);
  const { verifyWithin } = policy.remediation;
  const byHand = remedy ? [`by hand: ${remedy.next}`] : [];
  switch (turn) {
    case 'now':
      return [
        `what happens next: it is carried out now, without a grace, for the alarm is on. If the alarm is not OK within ${verifyWithin} after that, people are called.`,
        `to see it: npm run answer -- show ${plan?.id}`,
      ];
    case 'approve':
      return [
        `what happens next: it waits for an approval until ${at(parseHours(policy.defaults.approveWithin) * HOUR_MS)}, and then expires. Once it is done, the alarm must be OK within ${verifyWithin}, else people are called.`,
      ];
    case 'report':
      return [`what happens next: nothing. The mode of ${runbookOf(part)} is report.`, ...byHand];
    case 'left':
      return [`what happens next: ${leftWords(part, telling)}`, ...byHand];
    default:
      return turn satisfies never;
  }
}

function leftWords({ remedy, held }: ToldPart, { policy }: Telling): string {
  const why = held && remedy && held.because !== remedy.because ? `: ${held.because}` : '';
  if (!held?.again) return `nothing is done by Lamplighter${why}.`;
  return `nothing for now${why}. It is looked at again from ${localTime(held.again, policy.timezone)} on, as long as it is on.`;
}

const HOUR_MS = 3_600_000;

function linksOf({ resource, alarms }: ToldPart): string[] {
  const arns: (Arn | undefined)[] = [alarms[0]?.arn, resource?.arn];
  return arns.flatMap((arn) => (arn && consoleLink(arn)) || []);
}

/** The commands: to say yes, to stop it, and to hear no more of it. */
function stopText(turns: readonly Turned[], { policy }: Telling): string {
  const asked = idsOf(turns.filter(({ turn }) => turn === 'approve'));
  const going = idsOf(turns.filter(({ turn }) => turn === 'approve' || turn === 'now'));
  const runbooks = [...new Set(turns.flatMap(({ part }) => part.runbook ?? []))];
  return [
    ...asked.map((id) => `To approve: npm run answer -- approve ${id}`),
    ...going.map((id) => `To stop it: npm run answer -- veto ${id}`),
    `To keep Lamplighter from a resource: the tag ${policy.defaults.protectTag}, with a last day (2026-12-31) or without an end.`,
    ...(runbooks.length > 0
      ? [
          `To stop a runbook (${runbooks.join(', ')}): its mode "off" in the policy, under remediation.modes, stored by npm run policy -- FILE.`,
        ]
      : []),
  ].join('\n');
}

const idsOf = (turns: readonly Turned[]): string[] => [...new Set(turns.flatMap(({ plan }) => plan?.id ?? []))];

interface Room {
  readonly telling: Telling;
  readonly bytes: number;
}

/** The same as data; of the parts, as many as fit into so many bytes. */
function factsOf(turns: readonly Turned[], { telling: { account, now, incidents }, bytes }: Room) {
  const head = {
    version: 1,
    kind: 'remediation',
    function: 'remediate-alarm',
    account,
    time: now.toISOString(),
    incidents: incidents.length,
    alarms: alarmsOf(turns).length,
  };
  const parts = fitting(turns.map(factOf), bytes - bytesOf(head) - 1024);
  return { ...head, parts, omitted: turns.length - parts.length };
}

function factOf({ part, turn, plan, proposal }: Turned) {
  const { subject, runbook, alarms, resource, remedy, held, happenings, topLoad } = part;
  return {
    turn,
    ...(plan ? { plan: plan.id, hash: plan.hash } : {}),
    ...(runbook ? { runbook } : {}),
    subject,
    ...(resource ? { resource, console: consoleLink(resource.arn) } : {}),
    alarms: alarms
      .slice(0, LIMITS.alarmsInFacts)
      .map(({ name, arn, since }) => ({ name, arn, since: since.toISOString() })),
    alarmCount: alarms.length,
    ...(proposal ? { action: proposal.action.kind, mode: proposal.mode } : {}),
    ...(remedy ? remedyFacts(remedy) : {}),
    ...(held ? { held: heldFacts(held) } : {}),
    ...(happenings ? { happenings } : {}),
    ...(topLoad ? { topLoad } : {}),
  };
}

const heldFacts = ({ guard, because, again }: Held) => ({
  guard,
  because,
  ...(again ? { again: again.toISOString() } : {}),
});

const remedyFacts = ({ act, because, evidence, charts, next, unknown }: Remedy) => ({
  because,
  next,
  ...(unknown ? { unknown } : {}),
  ...(act ? { undo: act.undo, ...(act.monthlyMore ? { monthlyMore: act.monthlyMore } : {}) } : {}),
  evidence: evidence.slice(0, LIMITS.evidence).map(short),
  charts: Object.fromEntries(charts.slice(0, LIMITS.charts).map(chart)),
});

function chatOf(turns: readonly Turned[]): string {
  const lines = turns
    .slice(0, LIMITS.inChat)
    .map((turned) => `• *${nameOf(turned.part)}*: ${short(whyLine(turned))}: ${wordsOf(turned)}`);
  const rest = turns.length - LIMITS.inChat;
  const asked = idsOf(turns.filter(({ turn }) => turn === 'approve')).slice(0, LIMITS.inChat);
  return [
    summaryOf(turns),
    ...lines,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...asked.map((id) => `Plan \`${id}\` waits for an approval`),
  ].join('\n');
}

function attributesOf(turns: readonly Turned[], { account }: Telling): MessageAttributes {
  const distinct = (values: readonly string[]) => [...new Set(values)].sort().slice(0, LIMITS.attributeValues);
  return {
    kind: 'remediation',
    severity: severityOf(turns),
    account,
    region: distinct(alarmsOf(turns).map(({ scope }) => scope.region)),
    rule: distinct(turns.flatMap(({ part }) => part.runbook ?? [])),
    owner: distinct(turns.flatMap(({ part }) => part.resource?.owner ?? [])),
  };
}

function severityOf(turns: readonly Turned[]): MessageAttributes['severity'] {
  if (turns.some(({ part }) => part.remedy?.urgent)) return 'critical';
  return turns.every(({ turn }) => turn === 'now') ? 'info' : 'warning';
}
