import { rm } from 'node:fs/promises';
import { functionsOf, ofType } from '../../scripts/package/deployed.ts';
import { packageService } from '../../scripts/package/packaged.ts';
import { REGION, resolve } from '../../scripts/package/resolve.ts';

/** One function as the packaged template wires it. */
export interface Wired {
  readonly name: string;
  /** Its bundle. */
  readonly file: string;
  readonly bundleKb: number;
  /** The environment variables that the template gives to it. */
  readonly env: Readonly<Record<string, string>>;
  /** None for what people and other functions start. */
  readonly schedule?: Schedule;
  /** So long its queue waits for more before it hands over what has come; only of what a queue wakes. */
  readonly batchingSeconds?: number;
}

interface Schedule {
  readonly expression: string;
  readonly timezone: string;
  /** What the scheduler hands over, before the scheduled time is filled in. */
  readonly input: string;
}

export interface Wiring {
  readonly region: string;
  readonly functions: readonly Wired[];
  readonly table: string;
  readonly topics: readonly string[];
  /** Removes the packaged copy. */
  readonly clear: () => Promise<void>;
}

/** Packages the service as `npm run package` does, and reads from the template how each function is woken and set up. */
export async function wire(parameters: Readonly<Record<string, string>>): Promise<Wiring> {
  const packaged = await packageService(parameters);
  const template = resolve(packaged.template);
  const properties = (type: string) => ofType(template, type).map(([, resource]) => resource.Properties ?? {});
  const schedules = ofType(packaged.template, 'AWS::Scheduler::Schedule').map(
    ([, resource]) => resource.Properties ?? {},
  );
  const queues = ofType(packaged.template, 'AWS::Lambda::EventSourceMapping').map(
    ([, resource]) => resource.Properties ?? {},
  );
  return {
    region: REGION,
    functions: functionsOf(packaged).map(({ name, logicalId, properties: own }) => {
      const bundle = packaged.bundles.find((one) => one.name === name);
      const schedule = schedules.find(({ Target }) => targetOf(Target) === logicalId);
      const queue = queues.find(({ FunctionName }) => logicalIdIn(FunctionName) === logicalId);
      return {
        name,
        file: bundle?.file ?? '',
        bundleKb: Math.round((bundle?.bytes ?? 0) / 1024),
        env: (own.Environment as { Variables: Record<string, string> }).Variables,
        ...(schedule ? { schedule: scheduleOf(schedule) } : {}),
        ...(queue ? { batchingSeconds: Number(queue.MaximumBatchingWindowInSeconds) } : {}),
      };
    }),
    table: String(properties('AWS::DynamoDB::Table')[0]?.TableName),
    topics: properties('AWS::SNS::Topic').map(({ TopicName }) => String(TopicName)),
    clear: () => rm(packaged.folder, { recursive: true, force: true }),
  };
}

const scheduleOf = (properties: Record<string, unknown>): Schedule => ({
  expression: String(properties.ScheduleExpression),
  timezone: String(properties.ScheduleExpressionTimezone),
  input: (properties.Target as { Input: string }).Input,
});

/** The logical id of the function that a schedule's target names. */
const targetOf = (target: unknown): string => logicalIdIn((target as { Arn: unknown }).Arn);

const logicalIdIn = (arn: unknown): string => (arn as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];

/** The event that EventBridge Scheduler delivers for one planned time. */
export const scheduledEvent = ({ input }: Schedule, at: Date): unknown =>
  JSON.parse(input.replace('<aws.scheduler.scheduled-time>', at.toISOString().replace('.000Z', 'Z')));
