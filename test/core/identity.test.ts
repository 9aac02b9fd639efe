import { describe, expect, it } from 'vitest';
import { consoleLink, parseArn, partitionOf } from '../../shared/core/identity.ts';

describe('an ARN', () => {
  it.each([
    [
      'arn:aws:rds:ap-northeast-2:123456789012:db:orders',
      {
        partition: 'aws',
        service: 'rds',
        region: 'ap-northeast-2',
        account: '123456789012',
        resource: 'db:orders',
      },
    ],
    [
      'arn:aws-cn:ec2:cn-north-1:123456789012:instance/i-0abc',
      {
        partition: 'aws-cn',
        service: 'ec2',
        region: 'cn-north-1',
        account: '123456789012',
        resource: 'instance/i-0abc',
      },
    ],
    [
      'arn:aws:iam::123456789012:role/look',
      { partition: 'aws', service: 'iam', region: '', account: '123456789012', resource: 'role/look' },
    ],
  ])('%s comes apart', (arn, parts) => {
    expect(parseArn(arn)).toEqual(parts);
  });

  it.each([
    '',
    'orders',
    'i-0abc',
    'arn:aws:rds',
    'arn:aws:rds:eu-west-1:123456789012',
    'urn:a:b:c:d:e',
    'arn::rds:r:a:x',
  ])('%j is none', (text) => {
    expect(parseArn(text)).toBeUndefined();
  });
});

it.each([
  ['ap-northeast-2', 'aws'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-west-1', 'aws'],
])('%s is in the partition %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});

describe('the link to the console', () => {
  it.each([
    [
      'arn:aws:ec2:ap-northeast-2:123456789012:instance/i-0abc',
      'https://ap-northeast-2.console.aws.amazon.com/ec2/home?region=ap-northeast-2#InstanceDetails:instanceId=i-0abc',
    ],
    [
      'arn:aws:rds:eu-west-1:123456789012:db:orders',
      'https://eu-west-1.console.aws.amazon.com/rds/home?region=eu-west-1#database:id=orders;is-cluster=false',
    ],
    [
      'arn:aws:rds:eu-west-1:123456789012:cluster:carts',
      'https://eu-west-1.console.aws.amazon.com/rds/home?region=eu-west-1#database:id=carts;is-cluster=true',
    ],
    [
      'arn:aws-cn:rds:cn-north-1:123456789012:db:orders',
      'https://cn-north-1.console.amazonaws.cn/rds/home?region=cn-north-1#database:id=orders;is-cluster=false',
    ],
    [
      'arn:aws-us-gov:ec2:us-gov-west-1:123456789012:instance/i-0abc',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1#InstanceDetails:instanceId=i-0abc',
    ],
    [
      'arn:aws:ec2:eu-west-1:123456789012:volume/vol-1',
      'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#VolumeDetails:volumeId=vol-1',
    ],
    [
      'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:930d940e:autoScalingGroupName/workers',
      'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#AutoScalingGroupDetails:id=workers;view=details',
    ],
    [
      'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:930d940e:autoScalingGroupName/shop/workers;2',
      'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#AutoScalingGroupDetails:id=shop%2Fworkers%3B2;view=details',
    ],
    [
      'arn:aws-us-gov:ecs:us-gov-west-1:123456789012:service/shop/carts',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/ecs/v2/clusters/shop/services/carts/health?region=us-gov-west-1',
    ],
    [
      'arn:aws-cn:redshift:cn-north-1:123456789012:cluster:figures',
      'https://cn-north-1.console.amazonaws.cn/redshiftv2/home?region=cn-north-1#cluster-details?cluster=figures',
    ],
  ])('of %s', (arn, link) => {
    expect(consoleLink(arn)).toBe(link);
  });

  it.each([
    'arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1',
    'arn:aws:redshift:eu-west-1:123456789012:namespace:930d940e',
    'arn:aws:s3:::bucket',
    'orders',
  ])('of %s does not exist', (text) => {
    expect(consoleLink(text)).toBeUndefined();
  });
});
