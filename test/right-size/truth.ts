import type { Exemption, GroundTruth, Label } from '../../sandbox/fleet/truth.ts';
import type { Plan } from '../../shared/core/plan.ts';

/** How a reason reads that belongs to each exemption. */
const REASONS: Readonly<Record<Exemption, RegExp>> = {
  protected: /^protected by its tag lamplighter:protect/,
  'too-young': /^\d+ days old, younger than the window of \d+ days$/,
  'metric-gap': /incomplete: no data for 3 of \d+ days$/,
  'saves-too-little': /^idle, but stopping it saves \$\d\.\d\d a month, less than the policy's \$5\.00$/,
  stopped: /^its state is stopped, not running$/,
  spot: /^AWS does not stop and start spot instances/,
  'instance-store': /instance store/,
  'stop-protected': /^stop protection is on$/,
  'auto-scaling': /^owned by the Auto Scaling group/,
  controller: /^owned by (EKS|Karpenter|ECS|Elastic Beanstalk|EMR|Kubernetes) \(tag .+\), which would replace it$/,
  'not-available': /^already stopped$|^its status is [a-z-]+; only an available database can be stopped$/,
  replication: /^AWS cannot stop what replicates: (a read replica of|the source of) /,
  'sql-server-multi-az': /^AWS cannot stop a Multi-AZ SQL Server database$/,
  'multi-az-cluster': /^AWS cannot stop a Multi-AZ DB cluster$/,
  'global-database': /^AWS cannot stop a member of the global database/,
  'cluster-member':
    /^a member of the cluster .+, which is judged as a whole$|^(Neptune|DocumentDB) is not judged|^protected by its tag/,
  'other-service': /^(Neptune|DocumentDB) is not judged by this rule$/,
  'pending-modifications': /^a stop would discard its pending modifications/,
  'held-connection': /^in use: up to 1 connection in \d+ days$/,
};

const reasonFor = (label: Label): RegExp =>
  label.startsWith('exempt:') ? REASONS[label.slice('exempt:'.length) as Exemption] : IN_USE;

/** What is in use may have a stronger reason, too: to be the source of a replica. */
const IN_USE = /^in use: (CPU |network )?up to |^AWS cannot stop what replicates: /;

/** The plans against the truth, of one account or of all: in what they differ, one line each. */
export function differences(plans: readonly Plan[], truth: GroundTruth, only?: string): string[] {
  const proposed = new Set(
    plans.flatMap(({ act, deferred }) => [...act, ...deferred]).map(({ resource }) => resource.arn),
  );
  const left = new Map(plans.flatMap(({ leave }) => leave).map(({ resource, because }) => [resource.arn, because]));
  const strangers = [...proposed, ...left.keys()].filter((arn) => !truth.of(arn));
  return [
    ...strangers.map((arn) => `${arn} is nobody's`),
    ...truth.all().flatMap(({ arn, name, label, account }) => {
      if (only !== undefined && account !== only) return [];
      const because = left.get(arn);
      if (proposed.has(arn) && because !== undefined) return [`${name}: two verdicts`];
      if (proposed.has(arn)) return label === 'idle' ? [] : [`${name} is ${label} and was proposed`];
      if (because === undefined) return [`${name} (${label}): no verdict`];
      if (label === 'idle') return [`${name} is idle and was left: ${because}`];
      return reasonFor(label).test(because) ? [] : [`${name} (${label}) was left for another reason: ${because}`];
    }),
  ];
}

/** Caps that hold nothing back. */
export const UNCAPPED = { cap: { count: 100, share: '100%' } } as const;
