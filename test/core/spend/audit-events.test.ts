import { describe, expect, it } from 'vitest';
import { auditEventsFor, MOST_AUDIT_PAGES } from '../../../shared/core/spend/audit-events.ts';

const SERVICES = [
  'Amazon Elastic Compute Cloud - Compute',
  'EC2 - Other',
  'Amazon Relational Database Service',
  'Amazon Simple Storage Service',
  'Amazon DynamoDB',
  'AWS Lambda',
  'Amazon ElastiCache',
  'Amazon OpenSearch Service',
  'Amazon Redshift',
  'Amazon Elastic Container Service',
  'Amazon Elastic Container Service for Kubernetes',
  'Amazon Elastic Load Balancing',
  'Some Service That Nobody Knows',
];

describe.each(['more', 'less'] as const)('the calls that make a service cost %s', (direction) => {
  it.each(SERVICES)('are no more than may be looked for: %s', (service) => {
    const names = auditEventsFor(service, direction);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(1);
    expect(names.length).toBeLessThanOrEqual(MOST_AUDIT_PAGES);
    expect(names.filter((name) => !/^[A-Z]\w+$/.test(name))).toEqual([]);
  });
});

describe('the calls that end something', () => {
  it.each([
    ['EC2 - Other', 'DeleteNatGateway'],
    ['AWS Lambda', 'DeleteFunction20150331'],
    ['Amazon DynamoDB', 'DeleteTable'],
    ['Amazon ElastiCache', 'DeleteReplicationGroup'],
    ['Amazon Elastic Container Service', 'UpdateService'],
    ['Amazon Elastic Container Service for Kubernetes', 'DeleteNodegroup'],
    ['Amazon Redshift', 'PauseCluster'],
    ['Some Service That Nobody Knows', 'DeleteStack'],
  ])('are those of the service: %s has %s', (service, name) => {
    expect(auditEventsFor(service, 'less')).toContain(name);
    expect(auditEventsFor(service, 'more').join()).not.toMatch(/DeleteNat|DeleteTable|DeleteStack|PauseCluster/);
  });
});
