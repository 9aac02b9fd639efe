import type { StoredPolicy } from '../../ports.ts';
import type { ActingLedger, Question, Word } from '../../ports-acting.ts';
import { answerKeys, answersIn } from './answers.ts';
import { capKey, countedIn } from './caps.ts';
import { CURRENT, storedPolicyOf } from './policies.ts';
import { getItems, type Item, type Key, type LedgerTable } from './table.ts';
import { vetoKey, vetoOf } from './vetoes.ts';

/** Everything that a gate asks the ledger, as one batch: the policy, the answers, the standing vetoes and the day's cap. */
export const wordsIn = (ledger: LedgerTable): Pick<ActingLedger, 'word'> => ({
  word: async (question) => wordIn(await getItems(ledger, keysOf(question)), question),
});

const standingKeys = ({ plan, resources }: Question): Key[] =>
  [...new Set(resources)].map((resource) => vetoKey(plan.account, resource));

const keysOf = (question: Question): Key[] => [
  CURRENT,
  ...answerKeys(question.plan.id, question.numbers),
  ...standingKeys(question),
  ...(question.cap ? [capKey(question.cap)] : []),
];

function wordIn(items: readonly Item[], question: Question): Word {
  const at = (key: Key) => items.find(({ pk, sk }) => pk === key.pk && sk === key.sk);
  const current = at(CURRENT);
  const { policy, holidays }: Partial<StoredPolicy> = current ? storedPolicyOf(current) : {};
  const standing = standingKeys(question).flatMap((key) => at(key) ?? []);
  return {
    ...(policy && { policy }),
    ...(holidays && { holidays }),
    answers: answersIn(question.plan.id, items),
    vetoes: standing.map(vetoOf).filter(({ until }) => until > question.now),
    counted: countedIn(question.cap && at(capKey(question.cap))),
  };
}
