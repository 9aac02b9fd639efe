import type { BillLine, DailyCost } from '../estate/billing.ts';
import type { Actor, TrailEventSpec } from '../estate/cloud-trail-state.ts';
import type { Dice } from '../fleet/dice.ts';
import { PRODUCTION, STAGING } from '../fleet/shop-estate.ts';
import { provisioned } from './shapes.ts';
import { CHECKOUT_LOGS, CLOUDWATCH, DATA, EC2, EC2_OTHER, OPENSEARCH, SEARCH_DOMAIN } from './shop-costs.ts';

export type IncidentKind =
  /** Machines for a load test that nobody switches off, in one region of one account. */
  | 'forgotten-fleet'
  /** A backup goes through a new NAT gateway. */
  | 'nat-spike'
  /** Somebody with a stolen key runs containers where the shop has never been. */
  | 'miners'
  /** Debug logs go to production and stay. */
  | 'log-flood'
  /** Everything that follows the customers costs more, as everybody knew. */
  | 'sale'
  /** A search domain is deleted. */
  | 'deleted-domain';

/** What an incident does to the bill, from its first day to before its end. */
export interface Blow {
  readonly account: string;
  readonly region: string;
  /** New lines; their costs are cut to the days of the incident. */
  readonly adds: readonly BillLine[];
  /** What becomes of the usual lines: a factor, or `undefined` where they are as ever. 0: they are gone. */
  readonly factor?: (line: BillLine) => number | undefined;
  /** The call that caused it, which CloudTrail knows of. */
  readonly event?: Omit<TrailEventSpec, 'at'>;
}

/** How long an incident lasts, and about what it adds a day, unless told otherwise. */
export const USUAL: Readonly<Record<IncidentKind, { readonly days: number; readonly dollars: number }>> = {
  'forgotten-fleet': { days: 24, dollars: 196 },
  'nat-spike': { days: 3, dollars: 118 },
  miners: { days: 5, dollars: 340 },
  'log-flood': { days: 60, dollars: 46 },
  sale: { days: 7, dollars: 150 },
  'deleted-domain': { days: 6, dollars: 24 },
};

export interface Scale {
  readonly dollars: number;
  readonly dice: Dice;
}

export function blowOf(kind: IncidentKind, scale: Scale): Blow {
  return BLOWS[kind](scale);
}

/** The same every day, nearly. */
const steady = (dollars: number, dice: Dice): DailyCost => provisioned(dollars, dice.between(1, 1_000_000));

const BLOWS: Readonly<Record<IncidentKind, (scale: Scale) => Blow>> = {
  'forgotten-fleet': ({ dollars, dice }) => {
    const instances = Array.from({ length: 12 }, () => `i-0${dice.hex(16)}`);
    const place = { account: STAGING, region: 'us-west-2', tags: { team: 'platform' } };
    return {
      ...place,
      adds: [
        ...instances.map((resource) => ({
          ...place,
          service: EC2,
          usageType: 'USW2-BoxUsage:c6i.4xlarge',
          resource,
          unblended: steady((dollars * 0.94) / instances.length, dice),
        })),
        {
          ...place,
          service: EC2_OTHER,
          usageType: 'USW2-EBS:VolumeUsage.gp3',
          unblended: steady(dollars * 0.06, dice),
        },
      ],
      event: {
        name: 'RunInstances',
        source: 'ec2.amazonaws.com',
        actor: session('load-test', 'j.park'),
        resources: instances.map((name) => ({ type: 'AWS::EC2::Instance', name })),
        requestParameters: { instanceType: 'c6i.4xlarge', minCount: 12, maxCount: 12 },
      },
    };
  },

  'nat-spike': ({ dollars, dice }) => {
    const gateway = `nat-0${dice.hex(16)}`;
    const place = { account: PRODUCTION, region: 'ap-northeast-2', tags: { team: 'platform' }, resource: gateway };
    return {
      ...place,
      adds: [
        { ...place, service: EC2_OTHER, usageType: 'APN2-NatGateway-Bytes', unblended: steady(dollars, dice) },
        { ...place, service: EC2_OTHER, usageType: 'APN2-NatGateway-Hours', unblended: steady(1.42, dice) },
      ],
      event: {
        name: 'CreateNatGateway',
        source: 'ec2.amazonaws.com',
        actor: session('terraform', 'network-apply'),
        resources: [{ type: 'AWS::EC2::NatGateway', name: gateway }],
      },
    };
  },

  miners: ({ dollars, dice }) => {
    const place = { account: DATA, region: 'eu-central-1' };
    const service = 'Amazon Elastic Container Service';
    const cluster = `arn:aws:ecs:eu-central-1:${DATA}:cluster/c-${dice.hex(8)}`;
    return {
      ...place,
      adds: [
        { ...place, service, usageType: 'EUC1-Fargate-vCPU-Hours:perCPU', unblended: steady(dollars * 0.82, dice) },
        { ...place, service, usageType: 'EUC1-Fargate-GB-Hours', unblended: steady(dollars * 0.18, dice) },
      ],
      event: {
        name: 'RunTask',
        source: 'ecs.amazonaws.com',
        actor: { type: 'IAMUser', name: 'glue-export-legacy' },
        resources: [{ type: 'AWS::ECS::Cluster', name: cluster }],
        requestParameters: { cluster, launchType: 'FARGATE', count: 10 },
      },
    };
  },

  'log-flood': ({ dollars, dice }) => {
    const place = {
      account: PRODUCTION,
      region: 'ap-northeast-2',
      tags: { team: 'payments' },
      resource: CHECKOUT_LOGS,
    };
    return {
      ...place,
      adds: [
        { ...place, service: CLOUDWATCH, usageType: 'APN2-DataProcessing-Bytes', unblended: steady(dollars, dice) },
      ],
      event: {
        name: 'CreateLogGroup',
        source: 'logs.amazonaws.com',
        actor: session('deploy', 'checkout-release-418'),
        resources: [{ type: 'AWS::Logs::LogGroup', name: CHECKOUT_LOGS }],
      },
    };
  },

  sale: ({ dollars }) => {
    const follows = /Request|DataTransfer|LCUUsage|m7g|SpotUsage|GB-Second|NatGateway-Bytes|DataProcessing/;
    return {
      account: PRODUCTION,
      region: 'ap-northeast-2',
      adds: [],
      // What follows the customers costs about $190 a day.
      factor: ({ account, usageType }) =>
        account === PRODUCTION && follows.test(usageType) ? 1 + dollars / 190 : undefined,
    };
  },

  'deleted-domain': () => ({
    account: PRODUCTION,
    region: 'ap-northeast-2',
    adds: [],
    factor: ({ service }) => (service === OPENSEARCH ? 0 : undefined),
    event: {
      name: 'DeleteDomain',
      source: 'es.amazonaws.com',
      actor: { type: 'IAMUser', name: 'h.lee' },
      resources: [{ type: 'AWS::OpenSearchService::Domain', name: SEARCH_DOMAIN }],
    },
  }),
};

const session = (role: string, name: string): Actor => ({ type: 'AssumedRole', role, session: name });
