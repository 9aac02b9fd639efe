import pc from 'picocolors';

/** What a run of the demo is told to print. */
export type Loudness = 'full' | 'quiet' | 'json';

export interface Screen {
  /** A heading. */
  readonly title: (text: string) => void;
  /** Says what takes a moment, does it, and says how long it took. */
  readonly step: <T>(text: string, work: () => Promise<T>) => Promise<T>;
  /** What only the full output shows. */
  readonly detail: (text: string) => void;
  /** What also the quiet output shows. */
  readonly line: (text: string) => void;
}

/** Progress goes to standard error, results to standard output, so that either can be kept alone. */
export function screenFor(loudness: Loudness): Screen {
  const speaks = loudness !== 'json';
  const isFull = loudness === 'full';
  return {
    title: (text) => isFull && console.log(`\n${pc.bold(pc.cyan(text))}`),
    step: async (text, work) => {
      if (isFull) process.stderr.write(`${pc.dim('·')} ${text} ... `);
      const began = performance.now();
      const result = await work();
      if (isFull) process.stderr.write(`${pc.dim(`${((performance.now() - began) / 1000).toFixed(1)} s`)}\n`);
      return result;
    },
    detail: (text) => isFull && console.log(text),
    line: (text) => speaks && console.log(text),
  };
}

/** The verdict's column in the colour of the verdict. */
export const paintVerdicts = (table: string): string =>
  table
    .split('\n')
    .map((line) =>
      line.replace(
        / {2}(act|deferred|suggestion|finding|leave) /,
        (_, verdict: Verdict) => `  ${PAINT[verdict](verdict)} `,
      ),
    )
    .join('\n');

type Verdict = 'act' | 'deferred' | 'suggestion' | 'finding' | 'leave';
const PAINT: Record<Verdict, (text: string) => string> = {
  act: pc.green,
  deferred: pc.yellow,
  suggestion: pc.cyan,
  finding: pc.cyan,
  leave: pc.dim,
};
