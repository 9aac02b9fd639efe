import type { Address } from '@aws-sdk/client-ec2';
import { hex, type Random } from '../random.ts';
import type { StoredInstance } from './ec2-shapes.ts';
import type { Place } from './place.ts';

/** An Elastic IP as DescribeAddresses shows it. */
export interface StoredAddress extends Address {
  AllocationId: string;
  PublicIp: string;
}

export function newAddress({ region, world }: Place): StoredAddress {
  return {
    AllocationId: `eipalloc-0${hex(world.random, 16)}`,
    PublicIp: publicIp(world.random),
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: region,
    Tags: [],
  };
}

/** Puts an Elastic IP on the first network interface, in place of what was there. */
export function associate({ account, region, world }: Place, address: StoredAddress, instance: StoredInstance): void {
  address.AssociationId = `eipassoc-0${hex(world.random, 16)}`;
  address.InstanceId = instance.InstanceId;
  address.NetworkInterfaceId = instance.NetworkInterfaces?.[0]?.NetworkInterfaceId;
  address.NetworkInterfaceOwnerId = account;
  address.PrivateIpAddress = instance.PrivateIpAddress;
  show(instance, { ip: address.PublicIp, owner: account, region });
}

/** Gives an address from Amazon's pool, as a subnet does that assigns them at every start. */
export function giveAmazonAddress({ region, world }: Place, instance: StoredInstance): void {
  show(instance, { ip: publicIp(world.random), owner: 'amazon', region });
}

/** Takes an address from Amazon's pool away again; an Elastic IP stays. */
export function releaseAmazonAddress(instance: StoredInstance): void {
  const first = instance.NetworkInterfaces?.[0];
  if (first?.Association?.IpOwnerId !== 'amazon') return;
  delete first.Association;
  delete instance.PublicIpAddress;
  instance.PublicDnsName = '';
}

interface Shown {
  readonly ip: string;
  readonly owner: string;
  readonly region: string;
}

function show(instance: StoredInstance, { ip, owner, region }: Shown): void {
  const name = `ec2-${ip.replaceAll('.', '-')}.${region}.compute.amazonaws.com`;
  const first = instance.NetworkInterfaces?.[0];
  if (first) first.Association = { PublicIp: ip, PublicDnsName: name, IpOwnerId: owner };
  instance.PublicIpAddress = ip;
  instance.PublicDnsName = name;
}

const publicIp = (random: Random): string => `54.${[0, 1, 2].map(() => 1 + Math.floor(random() * 254)).join('.')}`;
