import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { instanceRuns, instanceStopped, startInstanceNow, stopInstanceNow } from './instance-power.ts';
import { type ActionOf, only } from './only.ts';

/** Needs no protection: the volumes stay. Taking it back is a start, whatever type it has by then. */
export function stopInstance(ec2: EC2Client): ChangeVerbs {
  const of = ({ instance }: ActionOf<'stop-instance'>) => ({ ec2, instance });
  return {
    apply: async (action) => {
      const { instance, expect } = only('stop-instance', action);
      return stopInstanceNow({ ec2, instance, instanceType: expect.instanceType });
    },
    settled: async (action) => instanceStopped(of(only('stop-instance', action))),
    undo: async (action) => startInstanceNow(of(only('stop-instance', action))),
    undone: async (action) => instanceRuns(of(only('stop-instance', action))),
  };
}
