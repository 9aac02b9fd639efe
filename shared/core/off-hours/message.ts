import { describeAction } from '../action.ts';
import { nextTransition } from '../calendar/state.ts';
import { hashOf } from '../canonical.ts';
import { asciiOf, bytesOf, fitting, type Message, type MessageAttributes, roomForFacts } from '../message.ts';
import { formatMoney, totals } from '../money.ts';
import type { Plan, Proposal } from '../plan.ts';
import type { Policy } from '../policy.ts';
import { DAY_MS, localDate, localTime } from '../time.ts';
import type { Decision } from './decide.ts';
import type { LeftAlone } from './judge.ts';
import type { Late, News } from './news.ts';
import type { ScheduleInForce } from './schedules.ts';

/** What is shown in words; the facts get what the message has room for, and the ledger has it all. */
const LIMITS = { late: 30, over: 30, acts: 25, problems: 20, newcomers: 30, inChat: 10, attributeValues: 40 } as const;

interface Telling {
  readonly decision: Decision;
  readonly plan: Plan | undefined;
  readonly policy: Policy;
}

/** One tick of one account as one message: what is not as it should be first, then what people are asked and told. */
export function offHoursMessage(news: News, telling: Telling): Message {
  const { decision, plan } = telling;
  const { account } = decision;
  const time = decision.now.toISOString();
  const text = textOf(news, telling);
  const attributes = attributesOf(news, decision);
  return {
    id: hashOf({ kind: 'schedules', account, time, plan: plan?.id }).slice(0, 16),
    subject: asciiOf(`[Lamplighter] ${account}: ${summaryOf(news)}`),
    text,
    facts: factsOf(news, telling, roomForFacts({ text, attributes })),
    chat: chatOf(news, telling),
    attributes,
    ...(news.late.length + news.over.length > 0 ? { thread: `schedules ${account}` } : {}),
  };
}

const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

function summaryOf({ late, over, asked, reported, problems, newcomers }: News): string {
  const [starts, stops] = [late.filter(({ act }) => act === 'start'), late.filter(({ act }) => act === 'stop')];
  const said = [
    ...(starts.length > 0 ? [`${starts.length} not running${starts.some(isEscalated) ? ' for an hour' : ' yet'}`] : []),
    ...(stops.length > 0 ? [`${stops.length} not stopped yet`] : []),
    ...(over.length > 0 ? ['all run now, or are stopped as they should be'] : []),
    ...(asked.length > 0 ? [`${asked.length} to stop ${asked.length === 1 ? 'waits' : 'wait'} for an approval`] : []),
    ...(reported.length > 0 ? [`${reported.length} would be stopped`] : []),
    ...(problems.length > 0 ? [`${count(problems.length, 'problem')} with schedules`] : []),
    ...(newcomers.length > 0 ? [`${newcomers.length} under a schedule from now on`] : []),
  ];
  return said.join(', ');
}

const isEscalated = (one: Late): boolean => one.isEscalated;

function textOf(news: News, telling: Telling): string {
  const { decision, policy } = telling;
  return [
    `off-hours looked at the account ${decision.account} as of ${localTime(decision.now, policy.timezone)}.`,
    ...lateText(news, policy),
    ...overText(news),
    ...askedText(news, telling),
    ...reportedText(news),
    ...problemText(news),
    ...newcomersText(news, decision),
    endText(news, telling),
  ].join('\n\n');
}

/** A head, as many lines as can be read, and how many there are besides. */
function listed(head: string, lines: readonly string[], most: number): string {
  const rest = lines.length - most;
  return [head, ...lines.slice(0, most), ...(rest > 0 ? [`And ${rest} more, in the ledger.`] : [])].join('\n');
}

const HEADS = {
  start: 'Should run by now, and does not:',
  stop: 'Should be stopped by now, and is not:',
} as const;

function lateText({ late }: News, { timezone }: Policy): string[] {
  const at = (iso: string) => localTime(new Date(iso), timezone);
  const lineOf = ({ name, region, because, since, tries, notBefore }: Late) => {
    const tried = tries > 0 ? `; tried ${tries === 1 ? 'once' : `${tries} times`}` : '';
    const again = notBefore ? `, again from ${at(notBefore)} on` : '';
    return `- ${name} in ${region}: ${because}; wanted since ${at(since)}${tried}${again}`;
  };
  return (['start', 'stop'] as const).flatMap((act) => {
    const these = late.filter((one) => one.act === act);
    return these.length > 0 ? [listed(HEADS[act], these.map(lineOf), LIMITS.late)] : [];
  });
}

function overText({ over }: News): string[] {
  if (over.length === 0) return [];
  const names = over.slice(0, LIMITS.over).join(', ');
  const rest = over.length - LIMITS.over;
  return [`All is as the schedules want it again: ${names}${rest > 0 ? ` and ${rest} more` : ''}.`];
}

function askedText({ asked }: News, { plan, policy }: Telling): string[] {
  if (!plan || asked.length === 0) return [];
  const numberOf = new Map(plan.act.map((one, index) => [one, index + 1]));
  const lines = asked.map((one) => `${numberOf.get(one)}. ${actText(one)}${untilText(one, policy)}`);
  return [
    listed(`Waits for an approval (plan ${plan.id}):`, lines, LIMITS.acts),
    [
      `To approve: npm run answer -- approve ${plan.id}   (some of them: --only ${numberOf.get(asked[0] as Proposal)})`,
      `To stop it: npm run answer -- veto ${plan.id}`,
    ].join('\n'),
  ];
}

const actText = ({ resource, action, because, schedule }: Proposal): string =>
  `${resource.name} (${resource.what}) in ${resource.region}: ${describeAction(action)}, because ${because} [${schedule?.name}]`;

const untilText = ({ schedule }: Proposal, { timezone }: Policy): string =>
  schedule?.until ? `; until ${localTime(new Date(schedule.until), timezone)}` : '';

function reportedText({ reported }: News): string[] {
  if (reported.length === 0) return [];
  const monthly = totals(reported.flatMap(({ saving }) => (saving.known ? [saving.value.monthly] : [])));
  const [rate] = monthly;
  const worth = rate ? ` Each hour off saves ${formatMoney({ ...rate, amount: rate.amount / 730 })} (list).` : '';
  return [
    `${listed(
      'Would be stopped now:',
      reported.map((one) => `- ${actText(one)}`),
      LIMITS.acts,
    )}\n` + `Nothing happens: the mode of the schedule is report.${worth}`,
  ];
}

function problemText({ problems }: News): string[] {
  if (problems.length === 0) return [];
  const lines = problems.map(({ text }) => `- ${text}`);
  return [listed('To be mended by somebody:', lines, LIMITS.problems)];
}

/** What is new under a schedule: what becomes of it, and when for the first time. */
function newcomersText({ newcomers }: News, { schedules, now }: Decision): string[] {
  const bySchedule = Map.groupBy(newcomers, ({ schedule }) => schedule ?? '');
  return [...bySchedule].flatMap(([name, these]) => {
    const schedule = schedules.get(name);
    if (!schedule) return [];
    const lines = these.map(({ resource, because }) => {
      const note = resource.power.power === 'stopped' ? `; it is stopped, and stays so: ${because}` : '';
      return `- ${resource.name} (${resource.what}) in ${resource.scope.region}${note}`;
    });
    return [`${listed(headOf(schedule), lines, LIMITS.newcomers)}\n${firstTurn(schedule, now)}`];
  });
}

const headOf = ({ name, calendar }: ScheduleInForce): string =>
  `Under the schedule ${name} from now on, on ${calendar.windows.map(({ text }) => text).join('; ')} ${calendar.timezone}:`;

function firstTurn({ calendar, mode, name }: ScheduleInForce, now: Date): string {
  if (mode === 'report') return `Nothing is stopped: the mode of the schedule ${name} is report.`;
  const first = nextTransition(calendar, now);
  const off = first?.state === 'off' ? first : first && nextTransition(calendar, first.at);
  const on = off && nextTransition(calendar, off.at);
  const at = (time: Date) => localTime(time, calendar.timezone);
  if (!off) return 'It is always on: nothing is ever stopped.';
  const asks = mode === 'approve' ? ', if somebody approves' : '';
  return `Stopped for the first time at ${at(off.at)}${asks}${on ? `, started again at ${at(on.at)}` : ''}.`;
}

function endText({ newcomers, late, asked, reported }: News, { decision, policy }: Telling): string {
  const { schedules, now } = decision;
  const tomorrow = localDate(new Date(now.getTime() + DAY_MS), policy.timezone);
  const runs = newcomers.find(({ resource }) => resource.power.power === 'running') ?? newcomers[0];
  const about = runs?.resource.identity.arn ?? asked[0]?.resource.arn ?? reported[0]?.resource.arn;
  const name =
    newcomers[0]?.schedule ?? asked[0]?.schedule?.name ?? reported[0]?.schedule?.name ?? [...schedules.keys()][0];
  return [
    ...(about
      ? [
          `To keep something on: npm run answer -- keep-on ${about} --until ${tomorrow}`,
          `   or the tag lamplighter:keep-on-until, a day or a local time such as ${tomorrow}T18-00. It lapses by itself.`,
        ]
      : []),
    ...(late[0] ? [`To see why for one of them: ${commandFor({ resource: late[0].name })}`] : []),
    `To see what a schedule will do: ${commandFor({ preview: name ?? 'NAME', format: 'table' })}`,
  ].join('\n');
}

const commandFor = (event: object): string => `npx serverless invoke -f off-hours -d '${JSON.stringify(event)}'`;

/** The tick as data; of its lists, as much as fits into so many bytes. */
function factsOf(news: News, { decision, plan }: Telling, bytes: number) {
  const { account, now } = decision;
  const head = {
    version: 1,
    kind: 'schedules',
    function: 'off-hours',
    account,
    time: now.toISOString(),
    ...(plan ? { plan: plan.id, hash: plan.hash } : {}),
    over: news.over.length,
  };
  let room = bytes - bytesOf(head);
  const fitted = <T>(all: readonly T[]): T[] => {
    const kept = fitting(all, room);
    room -= bytesOf(kept);
    return kept;
  };
  const actsIn = (acts: readonly Proposal[]) =>
    acts.map(({ action, resource, because, schedule }) => ({ action: action.kind, resource, because, schedule }));
  const [asked, reported] = [actsIn(news.asked), actsIn(news.reported)];
  const newcomers = news.newcomers.map(({ resource: { identity, name, scope }, schedule, because }) => ({
    arn: identity.arn,
    name,
    region: scope.region,
    schedule,
    because,
  }));
  const all = { late: news.late, problems: news.problems.map(({ text }) => text), asked, reported, newcomers };
  const lists = {
    late: fitted(all.late),
    problems: fitted(all.problems),
    asked: fitted(all.asked),
    reported: fitted(all.reported),
    newcomers: fitted(all.newcomers),
  };
  const omitted = {
    late: all.late.length - lists.late.length,
    problems: all.problems.length - lists.problems.length,
    asked: all.asked.length - lists.asked.length,
    reported: all.reported.length - lists.reported.length,
    newcomers: all.newcomers.length - lists.newcomers.length,
  };
  return { ...head, ...lists, omitted };
}

function chatOf(news: News, { plan }: Telling): string {
  const { late, problems, asked } = news;
  return [
    summaryOf(news),
    ...late.slice(0, LIMITS.inChat).map(({ name, region, because }) => `• *${name}* (${region}): ${because}`),
    ...(late.length > LIMITS.inChat ? [`and ${late.length - LIMITS.inChat} more`] : []),
    ...problems.slice(0, LIMITS.inChat).map(({ text }) => `• ${text}`),
    ...(plan && asked.length > 0 ? [`Plan \`${plan.id}\` waits for an approval`] : []),
  ].join('\n');
}

function attributesOf({ late, asked, reported, problems, newcomers }: News, decision: Decision): MessageAttributes {
  const distinct = (values: readonly string[]) => [...new Set(values)].sort().slice(0, LIMITS.attributeValues);
  const proposals = [...asked, ...reported];
  const isWorrying = late.length > 0 || problems.length > 0;
  return {
    kind: 'schedules',
    severity: late.some(isEscalated) ? 'critical' : isWorrying ? 'warning' : 'info',
    account: decision.account,
    region: distinct([
      ...late.map(({ region }) => region),
      ...proposals.map(({ resource }) => resource.region),
      ...newcomers.map(({ resource }: LeftAlone) => resource.scope.region),
    ]),
    rule: ['off-hours'],
    owner: distinct(proposals.flatMap(({ resource }) => resource.owner ?? [])),
  };
}
