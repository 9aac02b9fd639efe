import * as z from 'zod';
import type { AnswerRequest } from '../../shared/core/answer.ts';
import { untilOf } from '../../shared/core/calendar/keep-on.ts';
import { parseArn } from '../../shared/core/identity.ts';
import { SPEND_SAYINGS } from '../../shared/core/spend/answer.ts';
import { isCalendarDate } from '../../shared/core/time.ts';
import { BadRequestError, RequestTooLargeError } from './errors.ts';

/** Every request that makes sense is far smaller. */
const MOST_BYTES = 8 * 1024;

const BY_URL_ONLY =
  'answer is woken through its Function URL with IAM authentication only (npm run answer -- ...): ' +
  'a direct invoke does not say who asks';

const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, { error: BY_URL_ONLY });

/** Who asks, as AWS has seen it, and what they sent, not yet read. */
export interface AnswerEvent {
  /** The requests carry no time of their own. */
  readonly time?: undefined;
  readonly by: string;
  readonly method: string;
  readonly body: string;
  readonly isBase64: boolean;
}

/**
 * A request to the Function URL, payload version 2.0. Who asks is what AWS says of the signature; nothing in the payload
 * can say it. The headers carry signatures and session tokens, and are dropped here.
 */
export const eventSchema = section({
  requestContext: section({
    authorizer: section({
      iam: section({ userArn: z.string({ error: BY_URL_ONLY }).startsWith('arn:', BY_URL_ONLY) }),
    }),
    http: section({ method: z.string({ error: BY_URL_ONLY }) }),
  }),
  body: z.string({ error: BY_URL_ONLY }).optional(),
  isBase64Encoded: z.boolean({ error: BY_URL_ONLY }).optional(),
}).transform(
  ({ requestContext: { authorizer, http }, body = '', isBase64Encoded = false }): AnswerEvent => ({
    by: authorizer.iam.userArn,
    method: http.method,
    body,
    isBase64: isBase64Encoded,
  }),
);

const A_DATE = 'a date such as "2026-12-31"';
const A_TIME = 'a local time such as "2026-11-27T18:00", a date, or "now"';

/** What each kind of request is about, what may be said, and which further keys it takes. */
const KINDS = {
  plan: { about: ['plan', 'hash'], say: ['approve', 'veto'], takes: ['actions', 'until', 'note'], needs: [] },
  change: { about: ['change'], say: ['undo'], takes: ['note'], needs: [] },
  resource: { about: ['resource'], say: ['veto', 'keep-on'], takes: ['until', 'note'], needs: ['until'] },
  anomaly: { about: ['anomaly'], say: SPEND_SAYINGS, takes: ['until', 'recurring', 'note'], needs: [] },
} as const;

const SAYINGS = ['approve', 'veto', 'undo', 'keep-on', ...SPEND_SAYINGS] as const;
const isSaying = (value: unknown): value is (typeof SAYINGS)[number] => SAYINGS.some((one) => one === value);

type Kind = keyof typeof KINDS;
const KIND_NAMES = Object.keys(KINDS) as Kind[];

const text = (pattern: RegExp, allowed: string) => z.string({ error: allowed }).regex(pattern, allowed).optional();
const isAccountsArn = (arn: string): boolean => /^\d{12}$/.test(parseArn(arn)?.account ?? '');

const requestSchema = z
  .strictObject(
    {
      about: z.strictObject(
        {
          plan: text(/^[\w-]{1,128}$/, 'the id of a plan such as "right-size-2026-11-22-2000-123456789012-3f9a1c"'),
          hash: text(/^[0-9a-f]{64}$/, 'the hash of the plan, 64 hexadecimal digits'),
          change: text(
            /^[\w-]{1,128}\/\d{1,4}$/,
            'a change such as "right-size-2026-11-22-2000-123456789012-3f9a1c/1"',
          ),
          resource: z
            .string({ error: 'the ARN of a resource' })
            .max(2048, 'the ARN of a resource')
            .regex(/^[\x21-\x7e]+$/, 'the ARN of a resource')
            .refine(isAccountsArn, 'the ARN of a resource, with its account')
            .optional(),
          anomaly: text(/^\d{4}-\d{2}-\d{2}-[0-9a-f]{6}$/, 'an anomaly such as "2026-11-18-3f9a1c"'),
        },
        { error: '{"plan", "hash"}, {"change"}, {"resource"} or {"anomaly"}' },
      ),
      say: z.enum(SAYINGS, {
        error: 'approve, veto, undo or keep-on; about an anomaly expected, investigate or snooze',
      }),
      actions: z
        .array(z.int({ error: 'numbers of actions, from 1' }).min(1, 'numbers of actions, from 1'), {
          error: 'a list of numbers of actions, from 1',
        })
        .min(1, 'at least one number; leave it out for all')
        .max(1000, 'at most 1000 numbers')
        .optional(),
      until: z.string({ error: A_DATE }).optional(), // what it may be depends on what is said
      recurring: z.literal(true, { error: 'true' }).optional(),
      note: z
        .string({ error: 'one line of up to 500 characters' })
        .max(500, 'one line of up to 500 characters')
        .regex(/^\P{Cc}*$/u, 'one line of up to 500 characters') // no escape sequence for whoever reads it in a terminal
        .optional(),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? 'unknown key; allowed: about, say, actions, until, recurring, note'
          : 'an object such as {"about": {"plan": "...", "hash": "..."}, "say": "approve"}',
    },
  )
  .superRefine(fitsItsKind, { when: ({ value }) => isObject(value) && isObject(value.about) }); // also when more is wrong

/** Looks at what may not be checked yet: any key may hold anything. */
function fitsItsKind(request: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void {
  const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const about = request.about as Readonly<Record<string, unknown>>;
  const kinds = KIND_NAMES.filter((kind) => about[kind] !== undefined);
  const [kind] = kinds;
  if (!kind || kinds.length > 1) {
    wrong(['about'], 'one of {"plan", "hash"}, {"change"}, {"resource"}, {"anomaly"}');
    return;
  }
  const law: Readonly<Record<'about' | 'say' | 'takes' | 'needs', readonly string[]>> = KINDS[kind];
  for (const key of law.about) if (about[key] === undefined) wrong(['about', key], `needed with \`${kind}\``);
  if ('hash' in about && !law.about.includes('hash')) wrong(['about', 'hash'], 'only with `plan`');
  if (isSaying(request.say) && !law.say.includes(request.say))
    wrong(['say'], `${law.say.join(' or ')}, about ${withArticle(kind)}`);
  for (const key of law.needs) if (request[key] === undefined) wrong([key], `needed about ${withArticle(kind)}`);
  for (const key of ['actions', 'until', 'recurring'] as const) {
    if (request[key] !== undefined && !law.takes.includes(key)) wrong([key], `not about ${withArticle(kind)}`);
  }
  if (typeof request.until === 'string' && !isUntil(request.until, request.say)) {
    wrong(['until'], request.say === 'keep-on' ? A_TIME : A_DATE);
  }
  if (kind === 'anomaly') spendKeys(request, wrong);
  if (kind === 'plan' && request.say === 'approve' && request.until !== undefined) wrong(['until'], 'only with veto');
}

/** In UTC, for its form. */
const isUntil = (until: string, say: unknown): boolean =>
  say === 'keep-on' ? until === 'now' || untilOf(until, 'UTC') !== undefined : isCalendarDate(until);

/** An anomaly is snoozed until a day; one that is right may last, or come back. */
function spendKeys(
  { say, until, recurring }: Readonly<Record<string, unknown>>,
  wrong: (path: string[], message: string) => void,
) {
  if (say === 'snooze' && until === undefined) wrong(['until'], 'needed with snooze');
  if (say === 'investigate' && until !== undefined) wrong(['until'], 'only with expected or snooze');
  if (recurring !== undefined && say !== 'expected') wrong(['recurring'], 'only with expected');
}

const withArticle = (kind: Kind): string => `${kind === 'anomaly' ? 'an' : 'a'} ${kind}`;

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';

/**
 * Reads what was sent.
 * @throws {BadRequestError} with everything that is wrong, and what is allowed there; never with what was sent
 * @throws {RequestTooLargeError}
 */
export function readRequest({ method, body, isBase64 }: AnswerEvent): AnswerRequest {
  if (method !== 'POST') throw new BadRequestError(['method: POST']);
  if (Buffer.byteLength(body, isBase64 ? 'base64' : 'utf8') > MOST_BYTES) throw new RequestTooLargeError(MOST_BYTES);
  const result = requestSchema.safeParse(parsedJson(isBase64 ? Buffer.from(body, 'base64').toString() : body));
  if (!result.success) throw new BadRequestError(result.error.issues.flatMap(problemsOf));
  const { actions, ...request } = result.data;
  const given = Object.entries({ ...request, ...(actions && { actions: inOrder(actions) }) });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as AnswerRequest; // as fitsItsKind has found
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new BadRequestError(['body: JSON']);
  }
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.map((path) => `${path.join('.') || 'body'}: ${issue.message}`);
}

const inOrder = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);
