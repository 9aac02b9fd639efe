import * as z from 'zod';

const findingSchema = z.object({
  state: z.enum(['ok', 'note', 'untried', 'missing', 'failed']),
  what: z.string(),
  account: z.string().optional(),
  region: z.string().optional(),
  says: z.string(),
  matters: z.string().optional(),
  fix: z.string().optional(),
});

/** What a function answers to a check, as far as it is shown: the deployed version may be another one. */
export const reportSchema = z.object({
  ok: z.boolean(),
  function: z.string(),
  account: z.string(),
  region: z.string(),
  findings: z.array(findingSchema),
});

export type Report = z.output<typeof reportSchema>;
type Finding = Report['findings'][number];

/** What asks for somebody's work comes last, where the eye is when the command ends. */
const ORDER = ['ok', 'note', 'untried', 'failed', 'missing'] as const satisfies readonly Finding['state'][];

const LABELS: Readonly<Record<Finding['state'], string>> = {
  ok: 'ok',
  note: 'note',
  untried: 'untried',
  failed: 'FAILED',
  missing: 'MISSING',
};

/** One line a finding: what is wrong, why it matters, and what mends it. What is granted in one place is one line. */
export function reportText({ findings, ...head }: Report): string {
  const lines = ORDER.flatMap((state) => {
    const here = findings.filter((one) => one.state === state);
    return (state === 'ok' ? together(here) : here).map(lineOf);
  });
  const count = (state: Finding['state']) => findings.filter((one) => one.state === state).length;
  const counts = ORDER.map((state) => `${count(state)} ${state}`).filter((text) => !text.startsWith('0 '));
  const verdict = head.ok ? 'nothing is missing' : 'something is missing';
  return [...lines, `${head.function} in ${head.account} ${head.region}: ${verdict} (${counts.join(', ')})`].join('\n');
}

/** The actions that are granted to one role in one account and region, as one finding. */
function together(findings: readonly Finding[]): Finding[] {
  const isAction = ({ what, region }: Finding) => what.includes(':') && region !== undefined;
  const byPlace = Map.groupBy(findings.filter(isAction), (one) => `${placeOf(one)} ${one.says}`);
  const joined = [...byPlace.values()].flatMap((here) => {
    const [first] = here;
    return first ? [{ ...first, what: here.map(({ what }) => what).join(', ') }] : [];
  });
  return [...findings.filter((one) => !isAction(one)), ...joined];
}

const placeOf = ({ account, region }: Finding): string => [account, region].filter(Boolean).join(' ');

function lineOf(finding: Finding): string {
  const { state, what, says, matters, fix } = finding;
  const place = placeOf(finding);
  const sentences = [`${what}: ${says}`, ...(matters ? [matters] : []), ...(fix ? [`Fix: ${fix}`] : [])];
  const text = sentences.map((one) => one.replace(/\s+/g, ' ').trim()).join('. ');
  return `${LABELS[state].padEnd(7)}  ${place ? `${place}  ` : ''}${text}`;
}
