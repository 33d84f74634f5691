const UNITS = 'kMGTPEZY';

/**
 * A number as bcache writes it (drivers/md/bcache/util.c, bch_hprint): plain, or with a unit of powers of 1024. Its fraction is the
 * rest of the division by 1024 in hundreds, 0 to 10, so that `.5` is 500/1024 and `1.10k` is more than `1.9k`. Cut to whole bytes.
 * Throws on another form.
 */
export function bcacheNumber(text: string): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?([kMGTPEZY]?)$/.exec(text.trim());
  if (match === null) throw new Error(`bcache: got ${JSON.stringify(text.slice(0, 40))}, want a number such as 1.1M`);
  const [, sign, whole, fraction = '', unit] = match;
  const size = unit === '' ? Number(fraction === '' ? whole : `${whole}.${fraction}`) : Number(whole) + Number(fraction) / 10.24;
  const value = Math.trunc(size * 1024 ** (unit === '' ? 0 : UNITS.indexOf(unit) + 1));
  return sign === '-' ? -value || 0 : value;
}
