import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { SwitchReader } from '../ports-acting.ts';

/** The names of the parameters, e.g. `/lamplighter/prod/pause`. */
export interface SwitchNames {
  readonly pause: string;
  readonly halt: string;
}

/**
 * The emergency switches in Parameter Store: `on` or `off`. Whatever else it says, or a parameter that is not there, counts
 * as on, because a switch that somebody mistyped was meant to stop something. A failure to read throws.
 */
export function ssmSwitches(client: SSMClient, { pause, halt }: SwitchNames): SwitchReader {
  return {
    read: async () => {
      const { Parameters } = await client.send(new GetParametersCommand({ Names: [pause, halt] }));
      const values = new Map((Parameters ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? '']));
      const doubts = [pause, halt].flatMap((name) => doubtIn(name, values.get(name)));
      return {
        pause: !isOff(values.get(pause)),
        halt: !isOff(values.get(halt)),
        ...(doubts.length > 0 ? { doubts } : {}),
      };
    },
  };
}

const said = (value: string | undefined): string | undefined => value?.trim().toLowerCase();

const isOff = (value: string | undefined): boolean => said(value) === 'off';

function doubtIn(name: string, value: string | undefined): string[] {
  if (value === undefined) return [`${name} does not exist, so it counts as on`];
  return said(value) === 'on' || isOff(value) ? [] : [`${name} is neither on nor off, so it counts as on`];
}
