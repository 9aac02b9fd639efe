/** Why a resource that does nothing is nevertheless to be left alone. */
export type Exemption =
  | 'protected'
  | 'too-young'
  | 'metric-gap'
  | 'saves-too-little'
  // Instances
  | 'stopped'
  | 'spot'
  | 'instance-store'
  | 'stop-protected'
  | 'auto-scaling'
  | 'controller'
  // Databases
  | 'not-available'
  | 'replication'
  | 'sql-server-multi-az'
  | 'multi-az-cluster'
  | 'global-database'
  | 'cluster-member'
  | 'other-service'
  | 'pending-modifications'
  /** One connection all day long, of a monitoring agent: idle only by a policy that knows of the agent. */
  | 'held-connection';

/** What a careful tool must find. `spiky` and `batch` (one night a month) are in use, whatever their averages say. */
export type Label = 'idle' | 'busy' | 'spiky' | 'batch' | `exempt:${Exemption}`;

export interface Truth {
  readonly arn: string;
  /** A member of a cluster is a `database`, labelled `exempt:cluster-member`; the cluster is judged as a whole. */
  readonly kind: 'instance' | 'database' | 'cluster';
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly label: Label;
  /** In a person's words, where the estate was written by hand. */
  readonly story?: string;
}

/** Every resource that was seeded and its label, by ARN. */
export class GroundTruth {
  readonly #byArn = new Map<string, Truth>();

  add(truth: Truth) {
    this.#byArn.set(truth.arn, truth);
  }

  of(arn: string): Truth | undefined {
    return this.#byArn.get(arn);
  }

  all(): readonly Truth[] {
    return [...this.#byArn.values()];
  }

  /** The ARNs of one label; `exempt` stands for every exemption. */
  labelled(label: Label | 'exempt'): readonly string[] {
    const fits = (one: Label) => one === label || (label === 'exempt' && one.startsWith('exempt:'));
    return this.all().flatMap((truth) => (fits(truth.label) ? [truth.arn] : []));
  }
}
