import { LambdaClient } from '@aws-sdk/client-lambda';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { familyReads } from '../../shared/aws/check/families.ts';
import { pricesCheck } from '../../shared/aws/check/prices.ts';
import { retentionCheck } from '../../shared/aws/check/retention.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import { snapshotLedger } from '../../shared/aws/ledger/snapshotting.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { awsPriceList, cachedPrices, priceListRegion } from '../../shared/aws/pricing.ts';
import { readBackupPrices } from '../../shared/aws/retention/prices.ts';
import { awsRetention } from '../../shared/aws/retention/reader.ts';
import { lambdaStarter, starterCheck } from '../../shared/aws/starter.ts';
import { partitionOf, type Scope } from '../../shared/core/identity.ts';
import type { StoredPolicy } from '../../shared/ports.ts';
import type { Place } from '../../shared/ports-check.ts';
import { stageOf } from '../../shared/runtime/config.ts';
import { log } from '../../shared/runtime/log.ts';
import type { Looking } from './handle.ts';

interface Settings {
  readonly AWS_REGION: string;
  readonly AWS_LAMBDA_FUNCTION_NAME?: string | undefined;
  readonly TOPIC_ARN: string;
  readonly CHAT_TOPIC_ARN?: string | undefined;
  readonly LOOK_ROLE_NAME: string;
  readonly CARRY_OUT_ARN: string;
  readonly EXTERNAL_ID: string;
}

/** Where copies are kept, if nobody looks there anyway. A destination without an account is in that of each database. */
function destinationsOf(stored: StoredPolicy | undefined, own: Scope): Place[] {
  if (!stored) return [];
  const { scopes, snapshots } = stored.policy;
  const looked = scopes.length > 0 ? scopes : [{ account: own.account, regions: [own.region] }];
  const wanted = snapshots.copyTo.flatMap(({ account, region }) =>
    (account ? [account] : looked.map((one) => one.account)).map((one) => ({ account: one, region })),
  );
  const isLookedAt = ({ account, region }: Scope) =>
    looked.some((one) => one.account === account && one.regions.includes(region));
  const more = Map.groupBy(
    wanted.filter((one) => !isLookedAt(one)),
    ({ account }) => account,
  );
  return [...more].map(([account, places]) => ({ account, regions: [...new Set(places.map(({ region }) => region))] }));
}

/** The second half of the composition root: what looks at databases, tells of it, and hands plans over. It is loaded while the ledger answers. */
export function lookingWith(config: Settings, table: LedgerTable): Looking {
  const home = { region: config.AWS_REGION, ...PATIENT };
  const partition = partitionOf(config.AWS_REGION);
  const ledger = snapshotLedger(table);
  const pricing = new PricingClient({ region: priceListRegion(partition), ...PATIENT });
  const prices = cachedPrices(awsPriceList(pricing), dynamoPriceCache(table));
  const lambda = new LambdaClient(home);
  const credentialsOf = assumedRole(new STSClient(home), {
    roleName: config.LOOK_ROLE_NAME,
    externalId: config.EXTERNAL_ID,
    sessionName: 'lamplighter-snapshot-databases',
    partition,
  });
  return {
    announcer: snsAnnouncer(new SNSClient({ ...home, maxAttempts: 4 }), {
      alerts: config.TOPIC_ARN,
      ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
      onChatError: (error) => log.warn('chat refused the message', error as Error),
    }),
    reader: awsRetention(credentialsOf),
    prices: (snapshots, now) => readBackupPrices(prices, snapshots, now),
    starter: lambdaStarter(lambda, config.CARRY_OUT_ARN),
    needs: {
      function: 'snapshot-databases',
      stage: stageOf('snapshot-databases', config.AWS_LAMBDA_FUNCTION_NAME),
      ledger,
      reads: {
        ...familyReads(table, ['PLAN#', 'PRICE#', 'RESOURCE#']),
        'ANSWER#': ({ account }, now) => ledger.vetoes(account, now),
        'PROOF#': ({ account }) => ledger.proofs(account),
        'RUN#': ({ account }, now) => ledger.runs({ function: 'snapshot-databases', account, time: now.toISOString() }),
      },
      roles: [
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'No snapshot of this account is taken or deleted: it is reported as unknown',
          ...retentionCheck(credentialsOf),
        },
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'Nobody knows which copies are there: nothing of what should have one is deleted',
          ...retentionCheck(credentialsOf),
          places: async (own) => destinationsOf(await ledger.currentPolicy(), own),
        },
      ],
      hub: {
        'lambda:InvokeFunction': starterCheck(lambda, config.CARRY_OUT_ARN),
        'pricing:GetProducts': pricesCheck(pricing),
      },
      untried: ['dynamodb:PutItem', 'sns:Publish'],
    },
  };
}
