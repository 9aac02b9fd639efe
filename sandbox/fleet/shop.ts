import { DAY } from '../clock.ts';
import type { Region } from '../estate/account.ts';
import type { Sandbox } from '../sandbox.ts';
import { Dice } from './dice.ts';
import { SHOP, type ShopCluster, type ShopDatabase, type ShopInstance } from './shop-estate.ts';
import { asTagList, truthIn } from './site.ts';
import { GroundTruth, type Truth } from './truth.ts';
import { type Measured, measureDatabase, measureInstance } from './usage.ts';

type Entry = ShopInstance | ShopDatabase | ShopCluster;

/** Builds the shop of shop-estate.ts in the sandbox, with the roles by which the hub looks and acts. */
export function seedShop({ estate }: Pick<Sandbox, 'estate'>, { externalId = 'lamplighter' } = {}): GroundTruth {
  const truth = new GroundTruth();
  for (const { account: id, region: name, env, instances, databases, clusters } of SHOP) {
    const account = estate.account(id);
    for (const role of ['lamplighter-look', 'lamplighter-act']) account.role(role, { externalId });
    const place = { region: account.region(name), env };
    for (const one of instances) truth.add(addInstance(place, one));
    for (const one of databases) truth.add(addDatabase(place, one));
    for (const one of clusters) for (const built of addCluster(place, one)) truth.add(built);
  }
  return truth;
}

interface Place {
  readonly region: Region;
  readonly env: string;
}

const bornAt = ({ region }: Place, { ageDays }: Entry): Date =>
  new Date(region.place.world.clock.now().getTime() - ageDays * DAY);

const tagList = ({ env }: Place, { owner, tags }: Entry, more: Record<string, string> = {}) =>
  asTagList({ ...more, owner, env, ...tags });

function measured(place: Place, entry: Entry): Measured {
  const { clock } = place.region.place.world;
  const today = Math.floor(clock.now().getTime() / DAY);
  const gap = entry.gapDaysAgo === undefined ? [] : [0, 1, 2].map((day) => today - entry.gapDaysAgo! + day);
  return {
    usage: entry.usage,
    seed: new Dice(1, entry.name).between(1, 1_000_000),
    lifetime: { from: bornAt(place, entry).getTime(), until: () => clock.now().getTime() },
    batchDay: new Date((today - 9) * DAY).getUTCDate(),
    gapDays: new Set(gap),
  };
}

function addInstance(place: Place, entry: ShopInstance): Truth {
  const { region } = place;
  const { name, label, story, group } = entry;
  const dice = new Dice(1, `instance ${name}`);
  const LaunchTime = bornAt(place, entry);
  const { InstanceId } = region.ec2.addInstance({
    InstanceId: `i-0${dice.hex(16)}`,
    LaunchTime,
    root: { VolumeId: `vol-0${dice.hex(16)}`, Size: 30, CreateTime: LaunchTime },
    ...entry.instance,
    Tags: tagList(place, entry, { Name: name, ...(group ? { 'aws:autoscaling:groupName': group } : {}) }),
  });
  if (entry.volume) region.ec2.addVolume({ VolumeId: `vol-0${dice.hex(16)}`, ...entry.volume, attachTo: InstanceId });
  if (group) region.autoscaling.addGroup({ AutoScalingGroupName: group, instanceIds: [InstanceId] });
  measureInstance(region, InstanceId, measured(place, entry));
  const { account, region: where } = region.place;
  const arn = `arn:aws:ec2:${where}:${account}:instance/${InstanceId}`;
  return truthIn(region, { arn, kind: 'instance', name, label, story });
}

function addDatabase(place: Place, entry: ShopDatabase): Truth {
  const { region } = place;
  const { name, label, story } = entry;
  const database = region.rds.addInstance({
    DBInstanceIdentifier: name,
    DbiResourceId: `db-${new Dice(1, `database ${name}`).base32(26)}`,
    InstanceCreateTime: bornAt(place, entry),
    ...entry.database,
    TagList: tagList(place, entry),
  });
  measureDatabase(region, name, measured(place, entry));
  return truthIn(region, { arn: database.DBInstanceArn, kind: 'database', name, label, story });
}

function addCluster(place: Place, entry: ShopCluster): Truth[] {
  const { region } = place;
  const { name, label, story } = entry;
  const dice = new Dice(1, `cluster ${name}`);
  const born = bornAt(place, entry);
  const TagList = tagList(place, entry);
  const cluster = region.rds.addCluster({
    DBClusterIdentifier: name,
    DbClusterResourceId: `cluster-${dice.base32(26)}`,
    ClusterCreateTime: born,
    ...entry.cluster,
    TagList,
  });
  const members = entry.members.map((member) => {
    const database = region.rds.addInstance({
      DBInstanceIdentifier: member.name,
      DBClusterIdentifier: name,
      DbiResourceId: `db-${dice.base32(26)}`,
      InstanceCreateTime: born,
      DBInstanceClass: member.class,
      Engine: cluster.Engine,
      TagList,
    });
    measureDatabase(region, member.name, measured(place, { ...entry, name: member.name }));
    const arn = database.DBInstanceArn;
    return truthIn(region, { arn, kind: 'database', name: member.name, label: 'exempt:cluster-member' });
  });
  return [truthIn(region, { arn: cluster.DBClusterArn, kind: 'cluster', name, label, story }), ...members];
}
