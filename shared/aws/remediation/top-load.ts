import { DescribeDimensionKeysCommand, type DimensionKeyDescription, PIClient } from '@aws-sdk/client-pi';
import { type Evidence, known, unknown } from '../../core/evidence.ts';
import {
  type CountedDatabase,
  describeDigest,
  type Load,
  MOST_SHOWN,
  type TopLoad,
} from '../../core/remediation/top-load.ts';
import type { TimeRange } from '../../ports.ts';
import { nameOf } from '../errors.ts';
import type { ClientConfig } from '../off-hours/kind.ts';
import { readable } from '../retention/unreadable.ts';
import { using } from '../using.ts';

/** The waits and the statements with the most load: one call each. */
export const topLoadOf = (config: ClientConfig, counted: CountedDatabase, range: TimeRange): Promise<TopLoad> =>
  using({ client: new PIClient(config) }, async ({ client }) => {
    const [waits, statements] = await Promise.all([
      loads(() => client.send(commandFor('waits', counted, range)), waitOf),
      loads(
        () => client.send(commandFor('statements', counted, range)),
        (one) => statementOf(one, counted),
      ),
    ]);
    return { of: counted.name, waits, statements };
  });

const GROUPS = { waits: 'db.wait_event', statements: 'db.sql_tokenized' } as const;

function commandFor(what: keyof typeof GROUPS, { resourceId }: CountedDatabase, { from, to }: TimeRange) {
  return new DescribeDimensionKeysCommand({
    ServiceType: 'RDS',
    Identifier: resourceId,
    Metric: 'db.load.avg',
    GroupBy: { Group: GROUPS[what], Limit: MOST_SHOWN[what] },
    PeriodInSeconds: 60,
    StartTime: from,
    EndTime: to,
  });
}

type Key = Readonly<Record<string, string>>;

const waitOf = ({ 'db.wait_event.name': name }: Key): string | undefined => name;

const statementOf = (
  { 'db.sql_tokenized.id': id = '', 'db.sql_tokenized.statement': statement = '' }: Key,
  { engine }: CountedDatabase,
): string | undefined => (id ? describeDigest({ id, statement }, engine) : undefined);

async function loads(
  ask: () => Promise<{ readonly Keys?: readonly DimensionKeyDescription[] | undefined }>,
  nameOfKey: (key: Key) => string | undefined,
): Promise<Evidence<readonly Load[]>> {
  const keys = await readable('the load of the database', () => unlessUncounted(ask));
  if (!keys.known) return keys;
  if (keys.value === undefined) return UNCOUNTED;
  return known(
    keys.value.flatMap(({ Dimensions = {}, Total }) => {
      const what = nameOfKey(Dimensions);
      return what && Total !== undefined ? [{ what, sessions: Total }] : [];
    }),
  );
}

const UNCOUNTED = unknown(
  'Performance Insights has none of it: its class or engine is not supported, or it was turned off or on just now',
);

/** AWS says the one of a database that is not counted, the other of what is not counted of its engine. */
const NOT_COUNTED = ['NotAuthorizedException', 'InvalidArgumentException'];

async function unlessUncounted(ask: Parameters<typeof loads>[0]) {
  try {
    return (await ask()).Keys ?? [];
  } catch (error) {
    if (NOT_COUNTED.includes(nameOf(error))) return undefined;
    throw error;
  }
}
