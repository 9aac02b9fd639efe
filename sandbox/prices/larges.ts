import type { Machine } from '../catalogue/machine.ts';

const SMALL: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
};

/** How many `large` a machine is worth; prices within a family go by it. */
export const larges = ({ size, vcpus }: Machine): number => SMALL[size] ?? vcpus / 2;
