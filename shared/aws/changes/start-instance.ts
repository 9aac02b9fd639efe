import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { instanceRuns, instanceStopped, startInstanceNow, stopInstanceNow } from './instance-power.ts';
import { type ActionOf, only } from './only.ts';

/** Needs no protection: nothing is lost by a start. Taking it back is a stop. */
export function startInstance(ec2: EC2Client): ChangeVerbs {
  const of = ({ instance }: ActionOf<'start-instance'>) => ({ ec2, instance });
  return {
    apply: async (action) => {
      const { instance, expect } = only('start-instance', action);
      return startInstanceNow({ ec2, instance, instanceType: expect.instanceType });
    },
    settled: async (action) => instanceRuns(of(only('start-instance', action))),
    undo: async (action) => stopInstanceNow(of(only('start-instance', action))),
    undone: async (action) => instanceStopped(of(only('start-instance', action))),
  };
}
