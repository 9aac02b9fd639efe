/** What SNS is given, in every form that its subscribers read. */
export interface Message {
  /** The same for every delivery of one tick's message, and for no other, so that a subscriber can drop the second. */
  readonly id: string;
  /** ASCII, under 100 characters: SNS refuses the rest. */
  readonly subject: string;
  /** For people. */
  readonly text: string;
  /** The same facts for programs. */
  readonly facts: unknown;
  /** The same in short, in Markdown, for chat. */
  readonly chat: string;
  /** What it belongs to in a chat, if it is about one thing; else it belongs to its kind and account. */
  readonly thread?: string;
  /** What subscription filter policies match on. */
  readonly attributes: MessageAttributes;
}

export type Severity = 'info' | 'warning' | 'critical';

export interface MessageAttributes {
  readonly kind: 'plan' | 'changes' | 'spend' | 'snapshots' | 'rpo' | 'schedules' | 'remediation' | 'self-test';
  readonly severity: Severity;
  /** A list where the message is about several. */
  readonly account: string | readonly string[];
  readonly region: readonly string[];
  readonly rule: readonly string[];
  readonly owner: readonly string[];
}

/** SNS subjects are printable ASCII, under 100 characters. */
export const asciiOf = (text: string): string =>
  text
    .replaceAll('CN¥', 'CNY ')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 99);

/**
 * What text, attributes and facts may take together, and what the facts at most: SNS takes 256 KiB for everything, and
 * some of it goes to the subject and the envelope.
 */
const BYTES = { message: 250 * 1024, facts: 150 * 1024 } as const;

/** What is left for the facts. */
export const roomForFacts = ({ text, attributes }: Pick<Message, 'text' | 'attributes'>): number =>
  Math.min(BYTES.facts, BYTES.message - bytesOf(text) - bytesOf(attributes));

/** As many from the beginning as their JSON fits into so many bytes. */
export function fitting<T>(items: readonly T[], bytes: number): T[] {
  const kept: T[] = [];
  let left = bytes;
  for (const item of items) {
    left -= bytesOf(item);
    if (left < 0) break;
    kept.push(item);
  }
  return kept;
}

/** What the value takes in the message, where the JSON of the facts is itself a JSON string: each quote costs one more. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
