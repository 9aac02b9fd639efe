import type { Cluster, Service, ServiceEvent, Tag } from '@aws-sdk/client-ecs';
import { getOrMake } from '../maps.ts';
import { hex } from '../random.ts';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

/** A service as DescribeServices shows it. */
export interface StoredService extends Service {
  serviceArn: string;
  serviceName: string;
  clusterArn: string;
  desiredCount: number;
  runningCount: number;
  pendingCount: number;
  createdAt: Date;
  /** Newest first. */
  events: ServiceEvent[];
  tags: Tag[];
}

export type EcsServiceSpec = Seed<Service> & {
  readonly serviceName: string;
  /** The name of its cluster, which is made if it is new. Default: `default`. */
  readonly cluster?: string;
};

/** ECS of one account and region. */
export class EcsState {
  /** By name. */
  readonly clusters = new Map<string, Cluster>();
  /** By ARN. */
  readonly services = new Map<string, StoredService>();
  /** What calls off the move that a service is in, by its ARN. */
  readonly moves = new Map<string, () => void>();
  /** Names of services for whose tasks there is no capacity. */
  readonly noCapacity = new Set<string>();
  /** What ECS says of services whose tasks do not start, by name: `is unable to consistently start tasks successfully.` */
  readonly failingTasks = new Map<string, string>();
  readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  addCluster(clusterName: string): Cluster {
    return getOrMake(this.clusters, clusterName, () => ({
      clusterArn: this.#arn(`cluster/${clusterName}`),
      clusterName,
      status: 'ACTIVE',
      tags: [],
    }));
  }

  /** Adds a service on Fargate all of whose tasks run. */
  addService({ cluster = 'default', ...spec }: EcsServiceSpec): StoredService {
    const { clock } = this.place.world;
    const { clusterArn = '' } = this.addCluster(cluster);
    const { serviceName: name, desiredCount = 1 } = spec;
    const service: StoredService = {
      serviceArn: this.#arn(`service/${cluster}/${name}`),
      clusterArn,
      status: 'ACTIVE',
      desiredCount,
      runningCount: desiredCount,
      pendingCount: 0,
      launchType: 'FARGATE',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      taskDefinition: this.#arn(`task-definition/${name}:1`),
      createdAt: clock.now(),
      events: [],
      tags: [],
      ...spec,
    };
    this.services.set(service.serviceArn, service);
    this.say(service, 'has reached a steady state.');
    return service;
  }

  /** Adds to the events of a service, of which the last hundred are kept. */
  say(service: StoredService, what: string): void {
    const { clock, random } = this.place.world;
    const event = {
      id: [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-'),
      createdAt: clock.now(),
      message: `(service ${service.serviceName}) ${what}`,
    };
    service.events = [event, ...service.events].slice(0, 100);
  }

  #arn(rest: string): string {
    return `arn:aws:ecs:${this.place.region}:${this.place.account}:${rest}`;
  }
}
