import { nameOfPerson } from '../../shared/core/approvers.ts';
import { localTime } from '../../shared/core/time.ts';
import type { Refusal } from './errors.ts';
import type { Said } from './ports.ts';
import type { Answered } from './run.ts';

/** What a Function URL sends back. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const accepted = ({ said, timezone }: Answered, requestId: string): HttpResponse =>
  json(200, { ...said, text: textOf({ ...said, at: localTime(new Date(said.at), timezone) }), requestId });

export const refused = ({ status, code, message, facts }: Refusal, requestId: string): HttpResponse =>
  json(status, { error: code, text: message, ...facts, requestId });

const json = (statusCode: number, body: unknown): HttpResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/** What became of the request, in one line that a person can act on; `at` is as people have it. */
function textOf(said: Said): string {
  const news = said.said === 'before' ? 'Nothing new: ' : '';
  return [`${news}${sentenceOf(said)}.`, ...aloneText(said), ...executionText(said)].join(' ');
}

function sentenceOf(told: Said): string {
  const { say, by, at, plan, actions, change, execution, anomaly } = told;
  const who = nameOfPerson(by);
  if (anomaly) return anomalySentence(who, told);
  if (say === 'keep-on') return keepOnSentence(who, told);
  const what = actions ? `action ${actions.join(', ')} of the plan ${plan}` : `the plan ${plan}`;
  if (say === 'undo') return `${who} takes the change ${change} back, at ${at}, by the plan ${plan}`;
  if (say === 'approve') return `${who} approved ${what} at ${at}`;
  if (execution) return `${who} vetoed ${what} at ${at}`;
  return `${who} said so at ${at}${plan ? `; nothing waits for an answer to the plan ${plan} itself` : ''}`;
}

function anomalySentence(who: string, { say, at, anomaly, until, recurring }: Said): string {
  const head = `${who} said at ${at}`;
  const through = until ? ` through ${until}` : '';
  switch (say) {
    case 'expected': {
      const how = recurring
        ? `comes on this day of each month${through}`
        : until
          ? `lasts${through}`
          : 'is how it is from now on';
      return `${head} that the anomaly ${anomaly} is right and ${how}: the next run learns it and closes the anomaly`;
    }
    case 'snooze':
      return `${head} that nothing is to be heard of the anomaly ${anomaly}${through}, but that it is over`;
    default:
      return `${head} that somebody looks into the anomaly ${anomaly}: its messages and the list say so`;
  }
}

/** What off-hours looks at every few minutes. */
function keepOnSentence(who: string, { said, at, resource, until, takenBack }: Said): string {
  if (takenBack && said === 'before') return `nobody's word keeps ${resource} on`;
  const head = `${who} said at ${at}`;
  if (takenBack) return `${head} that ${resource} need not be kept on: from the next run on its schedule counts again`;
  return `${head} that ${resource} is kept on until ${until}; if off-hours has stopped it, it is started by the next run`;
}

function aloneText({ leftAlone = [], until, keptLonger = [] }: Said): string[] {
  return [
    ...(leftAlone.length > 0 ? [`Left alone until the end of ${until}: ${leftAlone.join(', ')}.`] : []),
    ...keptLonger.map((one) => `${one.resource} stays alone until ${one.until}: ${nameOfPerson(one.by)} said so.`),
  ];
}

function executionText({ execution, plan, resource }: Said): string[] {
  switch (execution) {
    case 'woken':
      return ['What waited for it goes on now.'];
    case 'started':
      return [
        'It is checked again, done and watched like every change.',
        `To keep the rule from proposing it again: npm run answer -- veto-resource ${resource} --until DATE.`,
      ];
    case 'not waiting':
      return [`No execution waits for it at this moment; npm run answer -- show ${plan} tells what becomes of it.`];
    case 'failed':
      return [
        'What waits for it could not be woken and looks by itself when its time is over; say it again to wake it.',
      ];
    default:
      return [];
  }
}
