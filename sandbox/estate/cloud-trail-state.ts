import { createHash } from 'node:crypto';
import { SECOND } from '../clock.ts';
import type { Place } from './place.ts';

/** Who made a call, as CloudTrail tells them apart. */
export type Actor =
  | { readonly type: 'IAMUser'; readonly name: string }
  | { readonly type: 'AssumedRole'; readonly role: string; readonly session: string }
  | { readonly type: 'Root' }
  /** AWS itself: `autoscaling.amazonaws.com`. */
  | { readonly type: 'AWSService'; readonly service: string };

export interface TrailEventSpec {
  /** Default: now. An event of the future shows when its time has come. */
  readonly at?: Date;
  /** `RunInstances`. */
  readonly name: string;
  /** `ec2.amazonaws.com`. */
  readonly source: string;
  readonly actor: Actor;
  readonly resources?: readonly { readonly type: string; readonly name: string }[];
  readonly readOnly?: boolean;
  /** The call failed with it and changed nothing. */
  readonly errorCode?: string;
  readonly requestParameters?: Readonly<Record<string, unknown>>;
  readonly responseElements?: Readonly<Record<string, unknown>>;
}

export interface StoredTrailEvent extends TrailEventSpec {
  readonly id: string;
  /** In whole seconds. */
  readonly at: Date;
  readonly resources: readonly { readonly type: string; readonly name: string }[];
  readonly readOnly: boolean;
}

/** The event history of one account and region. */
export class CloudTrailState {
  /** In the order in which they were recorded, which is not that of their time. */
  readonly events: StoredTrailEvent[] = [];
  readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  record(spec: TrailEventSpec): StoredTrailEvent {
    const at = spec.at ?? this.place.world.clock.now();
    const event = {
      resources: [],
      readOnly: false,
      ...spec,
      at: new Date(Math.floor(at.getTime() / SECOND) * SECOND),
      id: this.#nextId(),
    };
    this.events.push(event);
    return event;
  }

  /** Drawn from no random numbers: a call that is recorded must not change the ids that EC2 gives out next. */
  #nextId(): string {
    const { account, region } = this.place;
    const digits = createHash('sha256').update(`${account} ${region} ${this.events.length}`).digest('hex');
    return [0, 8, 12, 16, 20].map((from, index) => digits.slice(from, [8, 12, 16, 20, 32][index])).join('-');
  }
}
