import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Acting } from './acting.ts';
import { indented } from './indented.ts';
import type { Screen } from './screen.ts';

/** Types a command of `npm run answer`, and shows it with what it prints. */
export async function type(
  { screen, acting }: { readonly screen: Screen; readonly acting: Acting },
  ...args: string[]
): Promise<string> {
  const printed = await acting.answer(...args);
  await acting.lambda.settle(); // what waits is awake before the next command is typed
  screen.detail(
    `$ npm run answer -- ${args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ')}\n${indented(printed)}\n`,
  );
  return printed;
}

interface Reader {
  readonly screen: Screen;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
}

/** Shows the messages that came after so many. */
export function showMessages({ screen, sandbox, hub }: Reader, heard: number): void {
  for (const { subject = '', message } of sandbox.messages(hub.topicArn).slice(heard)) {
    screen.line(subject);
    screen.detail(indented((JSON.parse(message) as { email: string }).email));
  }
}
