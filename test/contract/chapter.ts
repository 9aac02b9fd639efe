import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deviation, Deviations } from './deviations.ts';
import type { Target } from './target.ts';

type Agreement<Seed> = (seed: Seed) => Promise<void>;

/** What AWS does in one service: some resources made by API calls alone, and sentences that hold for them. */
export interface Chapter {
  readonly service: string;
  readonly sentences: readonly string[];
  /** Makes the resources, and returns how to try a sentence on them. */
  open(target: Target): Promise<(sentence: string) => Promise<void>>;
}

export function chapter<Seed>(
  service: string,
  seed: (target: Target) => Promise<Seed>,
  agreements: Record<string, Agreement<Seed>>,
): Chapter {
  return {
    service,
    sentences: Object.keys(agreements),
    async open(target) {
      const seeded = await seed(target);
      return async (sentence) => agreements[sentence]?.(seeded);
    },
  };
}

/** Tries every sentence of every chapter on a target. A listed deviation has to deviate, and in the way that is listed. */
export function contract(chapters: readonly Chapter[], openTarget: () => Promise<Target>, deviations: Deviations) {
  for (const { service, sentences, open } of chapters) {
    describe(service, () => {
      let target: Target;
      let opened: Promise<(sentence: string) => Promise<void>>;
      // A target that cannot be seeded fails, or deviates in, every sentence of the chapter.
      const attempt = async (sentence: string) => (await opened)(sentence);

      beforeAll(async () => {
        target = await openTarget();
        opened = open(target);
        await opened.catch(() => {});
      });
      afterAll(() => target?.close());

      for (const sentence of sentences) {
        const deviation = deviations[`${service}: ${sentence}`];
        if (deviation) it(`${sentence} (deviates)`, () => expectDeviation(attempt(sentence), deviation));
        else it(sentence, () => attempt(sentence));
      }
    });
  }

  it('lists no deviation from a sentence that is gone', () => {
    const ids = chapters.flatMap(({ service, sentences }) => sentences.map((sentence) => `${service}: ${sentence}`));
    expect(Object.keys(deviations).filter((id) => !ids.includes(id))).toEqual([]);
  });
}

async function expectDeviation(attempt: Promise<void>, { because, shows }: Deviation) {
  const failure = await attempt.then(
    () => undefined,
    (error: Error) => error,
  );
  if (!failure) expect.fail(`It agrees with AWS by now: take it off the list of deviations. (It said: ${because})`);
  expect(failure.message, because).toMatch(shows);
}
