import * as z from 'zod';

/** `28d` and the like: whole days. */
export const days = (range: { min: number; max: number; why: string }) =>
  z
    .string({ error: `a number of days such as "${range.min}d"` })
    .regex(/^\d+d$/, { error: `a number of days such as "${range.min}d"`, abort: true })
    .refine((text) => inRange(parseDays(text), range), `from ${range.min}d to ${range.max}d (${range.why})`);

/** The number of days in a checked `28d`. */
export const parseDays = (text: string): number => Number.parseInt(text, 10);

const inRange = (value: number, { min, max }: { min: number; max: number }) => value >= min && value <= max;

const BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;
const SIZE = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|KiB|MiB|GiB)$/;

/** `5MB` and the like; decimal units are powers of ten, `MiB` and the like powers of two. */
export const bytes = () =>
  z.string({ error: 'a size such as "5MB"' }).regex(SIZE, `a size such as "5MB", in ${Object.keys(BYTES).join(', ')}`);

/** The number of bytes in a checked `5MB`. */
export function parseBytes(text: string): number {
  const [, amount, unit] = SIZE.exec(text) ?? [];
  return Number(amount) * BYTES[unit as keyof typeof BYTES];
}

/** `5%` and the like, above 0 and up to 100. */
export const share = () =>
  z
    .string({ error: 'a share such as "5%"' })
    .regex(/^\d+(\.\d+)?%$/, { error: 'a share such as "5%"', abort: true })
    .refine((text) => parseShare(text) > 0 && parseShare(text) <= 1, 'above 0% and up to 100%');

/** The fraction in a checked `5%`: 0.05. */
export const parseShare = (text: string): number => Number.parseFloat(text) / 100;

/** `2h`, `3d` and the like: whole hours or days. */
export const duration = (range: { min: string; max: string }) =>
  z
    .string({ error: `hours or days such as "${range.min}"` })
    .regex(/^\d+[hd]$/, `hours or days such as "${range.min}"`)
    .refine(
      (text) => parseHours(text) >= parseHours(range.min) && parseHours(text) <= parseHours(range.max),
      `from ${range.min} to ${range.max}`,
    );

/** The number of hours in a checked `2h` or `3d`. */
export const parseHours = (text: string): number => Number.parseInt(text, 10) * (text.endsWith('d') ? 24 : 1);

/** `10m`, `2h`, `1d` and the like: whole minutes, hours or days. */
export const span = (range: { min: string; max: string }) =>
  z
    .string({ error: `minutes, hours or days such as "${range.min}"` })
    .regex(/^\d+[mhd]$/, { error: `minutes, hours or days such as "${range.min}"`, abort: true })
    .refine(
      (text) => parseSpan(text) >= parseSpan(range.min) && parseSpan(text) <= parseSpan(range.max),
      `from ${range.min} to ${range.max}`,
    );

const MINUTE_MS = 60_000;

/** The milliseconds in a checked `10m`, `2h` or `1d`. */
export const parseSpan = (text: string): number =>
  text.endsWith('m') ? Number.parseInt(text, 10) * MINUTE_MS : parseHours(text) * 60 * MINUTE_MS;
