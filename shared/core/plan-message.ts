import { describeAction, isSnapshotAction, switchesOff, targetOf } from './action.ts';
import { hashOf } from './canonical.ts';
import { type Arn, consoleLink, parseArn } from './identity.ts';
import { asciiOf, bytesOf, fitting, type Message, type MessageAttributes, roomForFacts } from './message.ts';
import { describeSaving, formatMoney, type Money, totals } from './money.ts';
import { countsOf, digestOf, type Finding, type Left, needsGrace, type Plan, type Proposal } from './plan.ts';
import type { Policy } from './policy.ts';
import { parseHours } from './quantity.ts';
import { localTime } from './time.ts';

const LIMITS = {
  proposalsInText: 25,
  findingsInText: 10,
  attributeValues: 40,
} as const;

/** One plan as one message: what, why, how much, what happens next and how to stop it. */
export function planMessage(plan: Plan, policy: Policy): Message {
  const text = textOf(plan, policy);
  const attributes = attributesOf(plan);
  return {
    id: hashOf({ plan: plan.id, time: plan.time, digest: digestOf(plan) }).slice(0, 16),
    subject: subjectOf(plan),
    text,
    facts: factsOf(plan, roomForFacts({ text, attributes })),
    chat: chatOf(plan),
    attributes,
  };
}

function subjectOf(plan: Plan): string {
  const found = plan.act.length === 0 ? nothingIn(plan) : `${toDo(plan.act)}, ${moneyOf(plan.act)} a month`;
  const trouble = plan.unreadable.length > 0 ? ', not everything could be read' : '';
  return asciiOf(`[Lamplighter] ${plan.account}: ${found}${trouble}`);
}

const nothingIn = ({ findings = [] }: Plan): string =>
  findings.length > 0 ? `${count(findings.length, 'finding')}, nothing to change` : 'nothing to stop';

/** `3 resources to stop`, or `5 resources to change` when it is not only about stopping. */
const toDo = (act: readonly Proposal[]): string => `${count(act.length, 'resource')} to ${verbFor(act)}`;

const verbFor = (act: readonly Proposal[]): string =>
  act.every(({ action }) => switchesOff(action)) ? 'stop' : 'change';

const ofWhat = (act: readonly Proposal[]): string => (verbFor(act) === 'stop' ? ' of the compute' : '');

function textOf(plan: Plan, policy: Policy): string {
  const when = localTime(new Date(plan.time), policy.timezone);
  return [
    `${plan.function} looked at the account ${plan.account} as of ${when}.`,
    headline(plan),
    ...proposalsText(plan, policy),
    ...heldBackText(plan),
    ...findingsText(plan),
    ...wokenText(plan),
    ...unknownText(plan),
    leftText(plan),
    nextText(plan, policy),
  ].join('\n\n');
}

function headline({ act }: Plan): string {
  if (act.length === 0) return 'It proposes nothing: nothing was found that is surely unused.';
  const unpriced = act.filter(({ saving }) => !saving.known).length;
  const without = unpriced > 0 ? `, ${count(unpriced, 'saving')} unknown` : '';
  return (
    `It proposes to ${verbFor(act)} ${count(act.length, 'resource')}. That would save ${moneyOf(act)} a month${without} ` +
    `(basis: ${basisOf(act)}; what goes on being billed is not counted).`
  );
}

/** What the sum of the savings was computed from. */
function basisOf(act: readonly Proposal[]): string {
  const savings = act.flatMap(({ saving }) => (saving.known ? [saving.value] : []));
  if (savings.some(({ basis }) => basis === 'pool estimate'))
    return 'pool estimate: what commitments leave on demand, before discounts';
  const why = savings.find(({ netUnknown }) => netUnknown)?.netUnknown;
  const missing = why ? `, of which nothing is known: ${why}` : '';
  return `list price${ofWhat(act)}, before discounts and commitments${missing}`;
}

function proposalsText({ act }: Plan, policy: Policy): string[] {
  const shown = act.slice(0, LIMITS.proposalsInText);
  const rest = act.slice(LIMITS.proposalsInText);
  return [
    ...shown.map((proposal, index) => `${index + 1}. ${proposalText(proposal, policy)}`),
    ...(rest.length > 0 ? [`And ${rest.length} more, ${moneyOf(rest)} a month: see the plan in the ledger.`] : []),
  ];
}

function proposalText(proposal: Proposal, { defaults, timezone }: Policy): string {
  const { resource, action, because, saving, rule } = proposal;
  const owner = resource.owner ? `, owner ${resource.owner}` : '';
  const lines = [
    `${resource.name} (${resource.what}) in ${resource.region}${owner}`,
    `   ${describeAction(action)}, because ${because} [${rule}]`,
    ...chartLines(proposal, '   '),
    ...noticeLines(proposal, timezone),
    `   saves ${savingText(proposal)}`,
    ...(saving.known && saving.value.stillBilled.length > 0
      ? [`   goes on being billed: ${saving.value.stillBilled.join(', ')}`]
      : []),
    `   undo: ${undoText(proposal)}`,
    `   to keep it ${switchesOff(action) ? 'on' : 'as it is'}: ${keepCommand(resource.arn, defaults.protectTag)}`,
  ];
  const link = consoleLink(resource.arn);
  return [...lines, ...(link ? [`   ${link}`] : [])].join('\n');
}

function noticeLines({ notice }: Proposal, timezone: string): string[] {
  if (!notice) return [];
  const at = (time: string) => localTime(new Date(time), timezone);
  const woke = notice.wokeAt ? `; it was in use at ${at(notice.wokeAt)}, so it begins anew` : '';
  return [
    `   only announced, since ${at(notice.since)}: proposed from ${at(notice.until)} on if it stays unused${woke}`,
  ];
}

function undoText({ action, undo }: Proposal): string {
  if (undo.reversibility === 'none') return `none; it loses ${undo.loses ?? 'what it was'}`;
  const back = switchesOff(action) ? 'a start brings it back' : 'it is changed back';
  return undo.loses ? `${back}, but not ${undo.loses}` : `${back} as it was`;
}

const chartLines = ({ charts = {} }: Pick<Proposal, 'charts'>, indent: string): string[] =>
  Object.entries(charts).map(([name, drawn]) => `${indent}${name}: ${drawn}`);

/** What is left to people: the dearest first, each with what to do. */
function findingsText({ findings = [] }: Plan): string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, LIMITS.findingsInText);
  const rest = findings.length - shown.length;
  return [
    `Left to you: ${count(findings.length, 'finding')}. Lamplighter does none of it, whatever the mode.`,
    ...shown.map((finding) => `- ${findingText(finding)}`),
    ...(rest > 0 ? [`And ${rest} more: see the plan in the ledger.`] : []),
  ];
}

function findingText(finding: Finding): string {
  const { resource, because, note, step, saving, rule, kind } = finding;
  const owner = resource.owner ? `, owner ${resource.owner}` : '';
  return [
    `${resource.name} (${resource.what}) in ${resource.region}${owner}`,
    `  ${because} [${rule}]`,
    ...chartLines(finding, '  '),
    ...(saving ? [`  ${kind === 'suggestion' ? 'would save' : 'costs'} ${savingText({ saving })}`] : []),
    `  ${kind === 'suggestion' ? 'only suggested' : 'mind'}: ${note}`,
    `  to do: ${step}`,
  ].join('\n');
}

function savingText({ saving }: Pick<Proposal, 'saving'>): string {
  if (!saving.known) return `an unknown amount: ${saving.why}`;
  return describeSaving(saving.value);
}

/** The command that makes Lamplighter leave a resource alone from now on. */
function keepCommand(arn: Arn, protectTag: string): string {
  const parts = parseArn(arn);
  const region = `--region ${parts?.region}`;
  if (parts?.service === 'ec2') {
    const id = parts.resource.split('/')[1];
    return `aws ec2 create-tags ${region} --resources ${id} --tags 'Key=${protectTag},Value='`;
  }
  return `aws rds add-tags-to-resource ${region} --resource-name ${arn} --tags 'Key=${protectTag},Value='`;
}

function heldBackText({ deferred }: Plan): string[] {
  if (deferred.length === 0) return [];
  const reasons = [...new Set(deferred.map((one) => one.deferredBecause))].join('; ');
  const hasInstances = deferred.some(({ action }) => ['stop-instance', 'resize-instance'].includes(action.kind));
  const unchecked = hasInstances ? ' Stop protection is checked when their turn comes.' : '';
  return [`Held back: ${deferred.length} more, ${moneyOf(deferred)} a month, ${reasons}.${unchecked}`];
}

/** What was announced as unused and is used again. */
function wokenText({ woken = [] }: Plan): string[] {
  if (woken.length === 0) return [];
  const lines = woken.map(
    ({ resource, because, rule }) => `- ${resource.name} in ${resource.region}: ${because} [${rule}]`,
  );
  return [['Woke up, and is left alone again; should it fall asleep its notice begins anew:', ...lines].join('\n')];
}

function unknownText({ unreadable, leave }: Plan): string[] {
  const scopes = unreadable.map(({ region, what, why }) => `- ${what}s in ${region}: ${why}`);
  const reasons = mostFrequent(leave.filter((left) => left.unknown)).map(([why, times]) => `- ${times} x ${why}`);
  return [
    ...(scopes.length > 0 ? [['Could not be read, so what is there is unknown:', ...scopes].join('\n')] : []),
    ...(reasons.length > 0 ? [['Could not be judged, and so left alone:', ...reasons].join('\n')] : []),
  ];
}

/** The reasons with how often each was given, the most frequent first; few enough to read. */
function mostFrequent(left: readonly Left[]): [string, number][] {
  const times = new Map<string, number>();
  for (const { because } of left) times.set(because, (times.get(because) ?? 0) + 1);
  const sorted = [...times].sort(([, a], [, b]) => b - a);
  const rest = sorted.slice(5).reduce((sum, [, n]) => sum + n, 0);
  return [...sorted.slice(0, 5), ...(rest > 0 ? [['other reasons', rest] as [string, number]] : [])];
}

/** A resource that several rules leave alone is one. */
function leftText({ leave, id }: Plan): string {
  const resources = new Set(leave.map(({ resource }) => resource.arn));
  return `Left alone: ${count(resources.size, 'resource')}, each with its reason in the ledger under PLAN#${id}.`;
}

function nextText(plan: Plan, policy: Policy): string {
  const { defaults } = policy;
  return [
    ...whatHappensNext(plan, policy),
    `To see why for one resource: npx serverless invoke -f ${plan.function} -d '{"resource":"NAME"}'`,
    `To keep a resource on: the tag ${defaults.protectTag}, with a last day (2026-12-31) or without an end.`,
    `To stop these messages for a rule: its mode "off" in the policy, stored by npm run policy -- FILE.`,
  ].join('\n');
}

/** By mode: who has to do what until when, and the exact command that stops it. */
function whatHappensNext(plan: Plan, { defaults, timezone }: Policy): string[] {
  const inMode = (mode: Proposal['mode']) => plan.act.flatMap((one, index) => (one.mode === mode ? [index + 1] : []));
  const until = (span: string) => localTime(new Date(Date.parse(plan.time) + parseHours(span) * HOUR_MS), timezone);
  const approve = inMode('approve');
  const isAtOnce = (number: number) => !needsGrace(plan.act[number - 1] as Proposal);
  const [atOnce, auto] = [inMode('auto').filter(isAtOnce), inMode('auto').filter((number) => !isAtOnce(number))];
  if (approve.length + atOnce.length + auto.length === 0) {
    const noticed = plan.act.filter(({ notice }) => notice).length;
    if (noticed > 0)
      return [
        `What happens next: nothing yet. ${count(noticed, 'resource')} ${noticed === 1 ? 'is' : 'are'} only announced.`,
      ];
    return ['What happens next: nothing. The mode is report, and this function cannot change anything.'];
  }
  return [
    ...(approve.length > 0
      ? [
          `What happens next: ${numbers(approve)} ${approve.length === 1 ? 'waits' : 'wait'} for an approval until ${until(defaults.approveWithin)}, and then expire${approve.length === 1 ? 's' : ''}.`,
          `To approve: npm run answer -- approve ${plan.id}   (some of them: --only ${approve.slice(0, 2).join(',')})`,
        ]
      : []),
    ...(atOnce.length > 0
      ? [
          `What happens next: ${numbers(atOnce)} ${atOnce.length === 1 ? 'is' : 'are'} carried out now, without a grace: a snapshot takes nothing from anybody.`,
        ]
      : []),
    ...(auto.length > 0
      ? [
          `What happens next: ${numbers(auto)} ${auto.length === 1 ? 'is' : 'are'} carried out at ${until(defaults.grace)} unless somebody vetoes.`,
        ]
      : []),
    `To stop it: npm run answer -- veto ${plan.id}   (for longer: --until 2026-12-31)`,
    ...(plan.act.every(({ action }) => isSnapshotAction(action)) ? [] : [CARE]),
  ];
}

const CARE =
  'Each is checked again before anything is done, protected by a snapshot if it is a database, watched, and taken back if an alarm goes off.';

const HOUR_MS = 3_600_000;

/** `number 1` or `numbers 1, 2 and 4` */
function numbers(all: readonly number[]): string {
  if (all.length === 1) return `number ${all[0]}`;
  return `numbers ${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** The plan as data; of its proposals, as many as fit into so many bytes. */
function factsOf(plan: Plan, bytes: number) {
  const head = {
    version: 1,
    kind: 'plan',
    plan: plan.id,
    hash: plan.hash,
    function: plan.function,
    account: plan.account,
    time: plan.time,
    savings: savingsOf(plan.act),
    counts: countsOf(plan),
    ...(plan.woken ? { woken: plan.woken } : {}),
    unreadable: plan.unreadable,
  };
  const room = bytes - bytesOf(head);
  const act = fitting(plan.act.map(factOf), room);
  const deferred = fitting(plan.deferred.map(factOf), room - bytesOf(act));
  const omitted = { act: plan.act.length - act.length, deferred: plan.deferred.length - deferred.length };
  if (!plan.findings) return { ...head, act, deferred, omitted };
  const findings = fitting(plan.findings, room - bytesOf(act) - bytesOf(deferred));
  return {
    ...head,
    act,
    deferred,
    findings,
    omitted: { ...omitted, findings: plan.findings.length - findings.length },
  };
}

function factOf(proposal: Proposal) {
  const { rule, mode, action, resource, because, saving, undo, charts, notice } = proposal;
  const console = consoleLink(resource.arn);
  const more = { ...(charts ? { charts } : {}), ...(notice ? { notice } : {}) };
  return {
    rule,
    mode,
    action: action.kind,
    target: targetOf(action),
    resource,
    because,
    saving,
    undo,
    ...more,
    console,
  };
}

function chatOf(plan: Plan): string {
  const lines = plan.act
    .slice(0, 10)
    .map((one) => `• *${one.resource.name}* (${one.resource.what}, ${one.resource.region}): ${savingText(one)}`);
  const more = plan.act.length > 10 ? [`and ${plan.act.length - 10} more`] : [];
  const unread = plan.unreadable.length > 0 ? [`⚠ ${plan.unreadable.length} scopes could not be read`] : [];
  return [headline(plan), ...lines, ...more, ...unread, `Plan \`${plan.id}\`: nothing has been changed.`].join('\n');
}

function attributesOf(plan: Plan): MessageAttributes {
  const proposals = [...plan.act, ...plan.deferred, ...(plan.findings ?? [])];
  const distinct = (values: readonly (string | undefined)[]) =>
    [...new Set(values.filter((value) => value !== undefined))].sort().slice(0, LIMITS.attributeValues);
  return {
    kind: 'plan',
    severity: plan.unreadable.length > 0 || plan.leave.some((left) => left.unknown) ? 'warning' : 'info',
    account: plan.account,
    region: distinct([...proposals.map((one) => one.resource.region), ...plan.unreadable.map((one) => one.region)]),
    rule: distinct(proposals.map((one) => one.rule)),
    owner: distinct(proposals.map((one) => one.resource.owner)),
  };
}

/** The known monthly savings, one sum per currency. */
export const savingsOf = (proposals: readonly Proposal[]): Money[] =>
  totals(proposals.flatMap(({ saving }) => (saving.known ? [saving.value.monthly] : [])));

function moneyOf(proposals: readonly Proposal[]): string {
  return savingsOf(proposals).map(formatMoney).join(' and ') || 'an unknown amount';
}

const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;
