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
  /** What subscription filter policies match on. */
  readonly attributes: MessageAttributes;
}

export interface MessageAttributes {
  readonly kind: 'plan' | 'changes';
  readonly severity: 'info' | 'warning' | 'critical';
  readonly account: string;
  readonly region: readonly string[];
  readonly rule: readonly string[];
  readonly owner: readonly string[];
}
