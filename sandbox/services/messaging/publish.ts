import { AwsError } from '../../http/errors.ts';

/** What Publish checks and fauxqs does not. @throws AwsError InvalidParameter or ParameterValueInvalid */
export function checkPublish(input: Readonly<Record<string, unknown>>): void {
  const { Subject, MessageStructure, Message, MessageAttributes } = input as {
    readonly Subject?: string;
    readonly MessageStructure?: string;
    readonly Message?: string;
    readonly MessageAttributes?: Readonly<
      Record<string, { readonly DataType?: string; readonly StringValue?: string }>
    >;
  };
  // At most 100 characters of ASCII, no line break, beginning with something printable.
  if (Subject !== undefined && !/^[!-~][ -~]{0,99}$/.test(Subject)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
  }
  if (MessageStructure === 'json') messageForQueues(Message ?? '');
  for (const [name, { DataType, StringValue }] of Object.entries(MessageAttributes ?? {})) {
    if (DataType === 'String.Array' && !isArray(StringValue ?? '')) {
      throw new AwsError('ParameterValueInvalid', `The message attribute '${name}' is not a valid JSON array`);
    }
  }
}

/** What SQS subscribers get of a message with one text per protocol. */
export function messageForQueues(message: string): string {
  const texts = parse(message) as Readonly<Record<string, unknown>> | undefined;
  if (typeof texts !== 'object' || texts === null) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Message Structure - JSON message body failed to parse');
  }
  if (typeof texts.default !== 'string') {
    throw new AwsError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    );
  }
  return typeof texts.sqs === 'string' ? texts.sqs : texts.default;
}

const isArray = (text: string): boolean => Array.isArray(parse(text));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
