/** A number as AWS writes amounts: `0.0551724144`, seldom `1.2E-7`. */
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:E([+-]?\d{1,3}))?$/i;

/** A decimal number without loss: `digits / 10 ** places`. */
interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

/** The number nearest to the exact sum of the texts; undefined when one of them is no number. */
export function sumOfDecimals(texts: readonly string[]): number | undefined {
  const decimals = texts.map(parsed).filter((one) => one !== undefined);
  if (decimals.length < texts.length) return undefined;
  const places = Math.max(0, ...decimals.map((one) => one.places));
  const total = decimals.reduce((sum, one) => sum + one.digits * 10n ** BigInt(places - one.places), 0n);
  return Number(`${total}e-${places}`);
}

function parsed(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const magnitude = BigInt(whole + fraction);
  return { digits: sign === '-' ? -magnitude : magnitude, places: fraction.length - Number(exponent) };
}
