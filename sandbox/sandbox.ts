import { type CallLog, createCallLog } from './calls.ts';
import { type Clock, createClock } from './clock.ts';
import { type Durations, TYPICAL_DURATIONS } from './durations.ts';
import { Estate } from './estate/estate.ts';
import { createFaults, type Faults } from './faults.ts';
import { listen } from './http/endpoint.ts';
import { createMailbox, type Message } from './messages.ts';
import { createRandom } from './random.ts';
import { recordCall } from './services/cloud-trail/record-call.ts';
import { createServices } from './services/services.ts';

export interface SandboxOptions {
  /** Where the sandbox clock starts. Default: 2026-11-02T00:00:00Z, a Monday. */
  readonly now?: Date;
  /** The region of the hub account's clients. Default: ap-northeast-2. */
  readonly region?: string;
  /** The account whose credentials `env` carries. Default: 123456789012. */
  readonly hubAccount?: string;
  /** Decides ids, addresses and which calls meet a fault. Default: 1. */
  readonly seed?: number;
  /** How long things take; what is left out is typical. */
  readonly durations?: Partial<Durations>;
}

/** An AWS estate on 127.0.0.1. Real SDK clients reach every service at `url`. */
export interface Sandbox {
  readonly url: string;
  /** AWS_ENDPOINT_URL, AWS_REGION and the hub account's credentials: all that a child process needs. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly estate: Estate;
  readonly calls: CallLog;
  readonly faults: Faults;
  /** What was published to a topic, oldest first. */
  messages(topicArn: string): readonly Message[];
  /** Stops every server of the sandbox and drops what still waits for an answer. */
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    now = new Date('2026-11-02T00:00:00Z'),
    region = 'ap-northeast-2',
    hubAccount = '123456789012',
    seed = 1,
  } = options;
  const clock = createClock(now);
  const durations = { ...TYPICAL_DURATIONS, ...options.durations };
  const estate = new Estate({ clock, durations, random: createRandom(seed), hubAccount });
  const calls = createCallLog();
  // Faults draw from numbers of their own, so that seeding one more instance does not move them.
  const faults = createFaults(createRandom(seed + 1));
  const mailbox = createMailbox();
  const services = createServices();
  const endpoint = await listen({
    services,
    estate,
    faults,
    record: (call) => {
      calls.add(call);
      mailbox.take(call);
      recordCall(estate, call);
    },
  });
  const key = estate.hub.accessKey({ roleName: 'lamplighter-hub' });
  return {
    url: endpoint.url,
    env: {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      ...(key.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken }),
    },
    clock,
    estate,
    calls,
    faults,
    messages: (topicArn) => mailbox.of(topicArn),
    close: async () => {
      await endpoint.close();
      await services.close();
    },
  };
}
