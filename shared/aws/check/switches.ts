import type { Switches } from '../../core/gates.ts';
import type { SwitchReader } from '../../ports-acting.ts';
import type { Answer, Finding } from '../../ports-check.ts';
import { answerTo } from './answer.ts';

/** Whether the switches may be read, and what they say: one that is not clearly off counts as on. */
export const switchesCheck = (reader: SwitchReader) => async (): Promise<Answer> => {
  let finds: readonly Finding[] = [];
  const answer = await answerTo(async () => {
    const { doubts = [], ...switches } = await reader.read();
    finds = doubts.length > 0 ? doubts.map(doubtful) : [standing(switches)];
  });
  return answer.state === 'ok' ? { ...answer, finds } : answer;
};

const doubtful = (doubt: string): Finding => ({
  state: 'missing',
  what: 'switches',
  says: doubt,
  matters: 'Nothing is stopped while pause counts as on, and nothing at all is changed while halt does',
  fix: 'aws ssm put-parameter --overwrite --type String --value off --name NAME, or deploy the hub again',
});

function standing({ pause, halt }: Switches): Finding {
  const what = 'switches';
  if (halt) return { state: 'note', what, says: 'halt is on: nothing is changed' };
  if (pause) return { state: 'note', what, says: 'pause is on: nothing is stopped, restarted, shrunk or deleted' };
  return { state: 'ok', what, says: 'pause and halt are off' };
}
