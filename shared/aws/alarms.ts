import {
  type AlarmHistoryItem,
  type AlarmType,
  CloudWatchClient,
  type CompositeAlarm,
  type Dimension,
  type MetricAlarm,
  paginateDescribeAlarmHistory,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { type Identity, parseArn, type Scope } from '../core/identity.ts';
import { broughtBy } from '../core/remediation/reason.ts';
import type { AlarmReader, AlarmsSeen, LookTimes, WatchedAlarms } from '../ports-acting.ts';
import type { CredentialsOf } from './assumed-role.ts';
import { AccessDeniedError, isDenied } from './errors.ts';
import { chunks, everyItem } from './pages.ts';
import { PATIENT } from './patient.ts';

/** The alarms of every account, as its look role shows them. */
export function awsAlarms(credentialsOf: CredentialsOf): AlarmReader {
  const withClient = async <T>({ account, region }: Scope, work: (client: CloudWatchClient) => Promise<T>) => {
    const client = new CloudWatchClient({ region, credentials: await credentialsOf(account), ...PATIENT });
    try {
      return await work(client);
    } catch (error) {
      if (isDenied(error)) throw new AccessDeniedError('may not read alarms', error);
      throw error;
    } finally {
      client.destroy();
    }
  };
  return {
    alarmsOf: async (scope, resource, unlike) => {
      const all = await withClient(scope, (client) => alarmsOf(client, resource));
      const metrics = all.filter(({ AlarmName }) => AlarmName === unlike).flatMap(metricsOf);
      const isLike = (one: MetricAlarm) =>
        metrics.length > 0 && metricsOf(one).every((metric) => metrics.includes(metric));
      return all.filter((one) => !isLike(one)).flatMap(({ AlarmName }) => AlarmName ?? []);
    },
    look: async (scope, alarms, times) => {
      if (alarms.own.length + alarms.named.length === 0) return { missing: [] };
      return withClient(scope, (client) => lookAt(client, alarms, times));
    },
  };
}

/** Without AlarmTypes AWS shows metric alarms only. */
const BOTH: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** The alarms that watch a resource's metrics. A listing by dimension does not exist, so all are read. */
async function alarmsOf(client: CloudWatchClient, resource: Identity): Promise<MetricAlarm[]> {
  const dimension = dimensionOf(resource);
  if (!dimension) return [];
  const all = await everyItem(
    paginateDescribeAlarms({ client, pageSize: 100 }, { AlarmTypes: ['MetricAlarm'] }),
    (page) => page.MetricAlarms,
  );
  return all.filter((alarm) => watches(alarm, dimension));
}

/** The metrics of an alarm, or those that it computes with. */
const metricsOf = ({ Namespace, MetricName, Metrics = [] }: MetricAlarm): string[] =>
  [{ Namespace, MetricName }, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])].flatMap((one) =>
    one.MetricName ? [`${one.Namespace} ${one.MetricName}`] : [],
  );

/** DescribeAlarms takes so many names a call. */
const NAMES_PER_CALL = 100;

/**
 * Which of the alarms went off. One that is quiet now but changed since the last look may have been in ALARM in between:
 * its history tells. A resource's own alarm that went off only because there are no data did not: it was stopped on purpose.
 */
async function lookAt(client: CloudWatchClient, alarms: WatchedAlarms, times: LookTimes): Promise<AlarmsSeen> {
  const found = await describe(client, [...new Set([...alarms.own, ...alarms.named])]);
  const names = new Set(found.map(({ AlarmName = '' }) => AlarmName));
  const missing = alarms.named.filter((name) => !names.has(name));
  for (const alarm of found) {
    const { AlarmName: name = '' } = alarm;
    const counts = (state: State) =>
      !(times.calmSince && isByHand(state)) && (!alarms.own.includes(name) || !onlyForLackOfData(alarm, state));
    const cameBack = alarm.StateValue !== 'ALARM';
    const isOff = cameBack
      ? since(alarm).getTime() > times.looked.getTime() - LATE_MS &&
        (await wentOff(client, name, { from: laterOf(times.changed, times.looked) })).some(counts)
      : since(alarm) >= times.changed && counts(alarm);
    if (isOff && !(await wasOnBefore(client, name, times))) return { off: { name, cameBack }, missing };
  }
  return { missing };
}

const laterOf = (changed: Date, looked: Date): Date =>
  new Date(Math.max(changed.getTime(), looked.getTime() - LATE_MS));

const isByHand = ({ StateReason: reason = '', StateReasonData: data }: State): boolean =>
  broughtBy({ value: 'ALARM', reason, data }) === 'a person';

/** Whether it comes and goes anyway, where that is asked. */
const wasOnBefore = async (client: CloudWatchClient, name: string, { calmSince, changed }: LookTimes) =>
  calmSince !== undefined && (await wentOff(client, name, { from: calmSince, to: changed })).length > 0;

type AnyAlarm = MetricAlarm | CompositeAlarm;

/** A change of state may be seen so much later than it happened. */
const LATE_MS = 2 * 60_000;

async function describe(client: CloudWatchClient, names: readonly string[]): Promise<AnyAlarm[]> {
  const found: AnyAlarm[] = [];
  for (const AlarmNames of chunks(names, NAMES_PER_CALL)) {
    const pages = paginateDescribeAlarms({ client, pageSize: 100 }, { AlarmNames, AlarmTypes: BOTH });
    found.push(...(await everyItem(pages, (page) => [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])])));
  }
  return found;
}

/** The state's last update may be younger than the state: its reason changes as well. */
function since({ AlarmName, StateTransitionedTimestamp, StateUpdatedTimestamp }: AnyAlarm): Date {
  const at = StateTransitionedTimestamp ?? StateUpdatedTimestamp;
  if (at) return at;
  throw new Error(`CloudWatch does not say since when ${AlarmName} is as it is`);
}

/** What made a state. */
type State = Pick<MetricAlarm, 'StateReason' | 'StateReasonData'>;

interface Span {
  readonly from: Date;
  readonly to?: Date;
}

/** Each time that an alarm went into ALARM. */
async function wentOff(client: CloudWatchClient, AlarmName: string, { from, to }: Span): Promise<State[]> {
  const input = { AlarmName, HistoryItemType: 'StateUpdate', StartDate: from, ...(to ? { EndDate: to } : {}) } as const;
  const items = await everyItem(
    paginateDescribeAlarmHistory({ client, pageSize: 100 }, { ...input, AlarmTypes: BOTH }),
    (page) => page.AlarmHistoryItems,
  );
  return items.flatMap((item) => alarmStateIn(item) ?? []);
}

/** `HistoryData` is JSON: `{"oldState": ..., "newState": {"stateValue": "ALARM", "stateReason": "...", ...}}` */
function alarmStateIn({ AlarmName, HistoryData }: AlarmHistoryItem): State | undefined {
  const { newState } = parsed<{ newState?: { stateValue?: string; stateReason?: string; stateReasonData?: object } }>(
    HistoryData,
  );
  if (!newState?.stateValue) throw new Error(`CloudWatch does not say what ${AlarmName} has been`);
  if (newState.stateValue !== 'ALARM') return undefined;
  return {
    StateReason: newState.stateReason,
    StateReasonData: newState.stateReasonData && JSON.stringify(newState.stateReasonData),
  };
}

/** The dimension under which CloudWatch keeps the resource's metrics. */
function dimensionOf({ arn, id }: Identity): Required<Dimension> | undefined {
  const { service, resource = '' } = parseArn(arn) ?? {};
  const [kind, name = ''] = resource.split(/[:/]/, 2);
  switch (`${service}:${kind}`) {
    case 'ec2:instance':
      return { Name: 'InstanceId', Value: id };
    case 'rds:db':
      return { Name: 'DBInstanceIdentifier', Value: name };
    case 'rds:cluster':
      return { Name: 'DBClusterIdentifier', Value: name };
    default:
      return undefined;
  }
}

/** Whether the alarm's metric, or one that it computes with, is the resource's. */
function watches({ Dimensions = [], Metrics = [] }: MetricAlarm, { Name, Value }: Dimension): boolean {
  const all = [...Dimensions, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric?.Dimensions ?? [])];
  return all.some((one) => one.Name === Name && one.Value === Value);
}

/** `Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].` */
function onlyForLackOfData(alarm: AnyAlarm, { StateReasonData, StateReason = '' }: State): boolean {
  if (!('TreatMissingData' in alarm) || alarm.TreatMissingData !== 'breaching') return false;
  const { recentDatapoints } = parsed<{ recentDatapoints?: unknown }>(StateReasonData);
  if (Array.isArray(recentDatapoints)) return recentDatapoints.length === 0;
  return /\bno datapoints were received\b/i.test(StateReason);
}

/** Nothing when it is not JSON, e.g. when somebody set the state by hand. */
function parsed<T extends object>(json: string | undefined): Partial<T> {
  try {
    return (JSON.parse(json ?? '') ?? {}) as Partial<T>;
  } catch {
    return {};
  }
}
