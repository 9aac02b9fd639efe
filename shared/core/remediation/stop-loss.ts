import { controllerOf } from '../rules/owner.ts';
import type { AlarmedInstance } from './runbook.ts';

/** Why something is not done to an instance; `unknown` when it is because nobody knows. */
export interface Hold {
  readonly because: string;
  readonly unknown?: true;
  /** It ends by itself. */
  readonly passes?: 'soon';
}

/** Why an instance is not touched at all: it does not run, or somebody else replaces what is unwell. */
export function whyUntouched({ facts }: AlarmedInstance): Hold | undefined {
  if (facts.state !== 'running') {
    const passes = facts.state === 'pending' ? { passes: 'soon' as const } : {};
    return { because: `its state is ${facts.state}, not running`, ...passes };
  }
  const controller = controllerOf(facts);
  return controller ? { because: `owned by ${controller}, which replaces it` } : undefined;
}

/**
 * What a stop and a start would lose, or why they would not bring it to another host (EC2 User Guide, "Stop and start Amazon
 * EC2 instances"); undefined when nothing is lost.
 */
export function whatAStopLoses(resource: AlarmedInstance): Hold | undefined {
  const { facts, instanceStore, stopProtection } = resource;
  const untouched = whyUntouched(resource);
  if (untouched) return untouched;
  if (facts.lifecycle !== 'on-demand')
    return { because: `it is a ${facts.lifecycle} instance: a start may not bring it back` };
  if (facts.rootDevice === 'instance-store')
    return { because: 'its root device is an instance store: EC2 cannot stop it' };
  if (facts.addresses.released > 0)
    return { because: 'a stop would release its public IPv4 address, which is no Elastic IP' };
  if (facts.tenancy === 'host') return { because: 'it runs on a Dedicated Host, to which a start may bring it back' };
  if (!instanceStore.known) return { because: `its local disks are unknown: ${instanceStore.why}`, unknown: true };
  if (instanceStore.value) return { because: 'a stop would lose its local disks (instance store)' };
  if (!stopProtection.known) return { because: `its stop protection is unknown: ${stopProtection.why}`, unknown: true };
  if (stopProtection.value) return { because: 'it is protected from being stopped (disableApiStop)' };
  return undefined;
}
