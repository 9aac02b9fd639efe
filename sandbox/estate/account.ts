import { getOrMake } from '../maps.ts';
import { base32 } from '../random.ts';
import { ApplicationAutoScalingState } from './application-auto-scaling-state.ts';
import { AutoScalingState } from './auto-scaling-state.ts';
import { BackupState } from './backup-state.ts';
import { CloudTrailState } from './cloud-trail-state.ts';
import { CloudWatchState } from './cloudwatch-state.ts';
import { DynamoDbState } from './dynamodb-state.ts';
import { Ec2State } from './ec2-state.ts';
import { EcsState } from './ecs-state.ts';
import { ElastiCacheState } from './elasticache-state.ts';
import type { AccessKeys, Credentials, Role, RoleSpec } from './identity.ts';
import { KmsState } from './kms-state.ts';
import { PerformanceInsightsState } from './performance-insights-state.ts';
import type { Place, World } from './place.ts';
import type { StoredGlobalCluster } from './rds-shapes.ts';
import { RdsState } from './rds-state.ts';
import { RedshiftState } from './redshift-state.ts';
import { ENABLED_BY_DEFAULT } from './regions.ts';
import { SsmState } from './ssm-state.ts';

export class Account {
  readonly id: string;
  /** Regions that answer; opt-in regions are added here. */
  readonly enabledRegions = new Set<string>(ENABLED_BY_DEFAULT);
  readonly roles = new Map<string, Role>();
  /** Aurora's global databases, which belong to no region. */
  readonly globalClusters = new Map<string, StoredGlobalCluster>();
  readonly #world: World;
  readonly #keys: AccessKeys;
  readonly #regions = new Map<string, Region>();

  constructor(id: string, world: World, keys: AccessKeys) {
    this.id = id;
    this.#world = world;
    this.#keys = keys;
  }

  region(name: string): Region {
    const place = { account: this.id, region: name, world: this.#world };
    return getOrMake(this.#regions, name, () => new Region(place));
  }

  regions(): readonly Region[] {
    return [...this.#regions.values()];
  }

  /** Creates or replaces a role. */
  role(name: string, { trusts = [this.#world.hubAccount], externalId }: RoleSpec = {}): Role {
    const role: Role = {
      name,
      arn: `arn:aws:iam::${this.id}:role/${name}`,
      id: `AROA${base32(this.#world.random, 17)}`,
      trusts,
      ...(externalId === undefined ? {} : { externalId }),
    };
    this.roles.set(name, role);
    return role;
  }

  /** A key of the account for a user, or for `roleName` as if a Lambda function ran under it. */
  accessKey(as: { readonly user?: string; readonly roleName?: string } = {}): Credentials {
    const { user = 'sandbox', roleName } = as;
    return roleName === undefined
      ? this.#keys.issue({
          account: this.id,
          arn: `arn:aws:iam::${this.id}:user/${user}`,
          userId: `AIDA${base32(this.#world.random, 17)}`,
        })
      : this.#keys.issueTemporary({
          account: this.id,
          arn: `arn:aws:sts::${this.id}:assumed-role/${roleName}/sandbox`,
          userId: `AROA${base32(this.#world.random, 17)}:sandbox`,
        });
  }
}

/** One account in one region: the state of every regional service. */
export class Region {
  readonly place: Place;
  readonly ec2: Ec2State;
  readonly rds: RdsState;
  readonly cloudwatch: CloudWatchState;
  readonly autoscaling: AutoScalingState;
  readonly applicationAutoScaling: ApplicationAutoScalingState;
  readonly ecs: EcsState;
  readonly ssm: SsmState;
  readonly backup = new BackupState();
  readonly elasticache: ElastiCacheState;
  readonly redshift: RedshiftState;
  readonly kms = new KmsState();
  readonly dynamodb = new DynamoDbState();
  readonly cloudTrail: CloudTrailState;
  readonly performanceInsights = new PerformanceInsightsState();

  constructor(place: Place) {
    this.place = place;
    this.ec2 = new Ec2State(place);
    this.rds = new RdsState(place);
    this.elasticache = new ElastiCacheState(place);
    this.redshift = new RedshiftState(place);
    this.cloudwatch = new CloudWatchState(place);
    this.autoscaling = new AutoScalingState(place);
    this.applicationAutoScaling = new ApplicationAutoScalingState(place);
    this.ecs = new EcsState(place);
    this.ssm = new SsmState(place);
    this.cloudTrail = new CloudTrailState(place);
  }

  get name(): string {
    return this.place.region;
  }
}
