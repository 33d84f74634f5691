/**
 * Counts of a file of /proc/net/stat: a heading with names, then a line of hexadecimal counts for each CPU. Gives the counts of each
 * name by CPU. Throws where a line has another number of counts than the heading has names.
 */
export function parseNetworkCacheStat(text: string): Map<string, readonly number[]> {
  const [heading = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const names = heading.trim().split(/\s+/);
  const rows = lines.map((line) => line.trim().split(/\s+/));
  const broken = rows.findIndex((row) => row.length !== names.length || !row.every((count) => /^[0-9a-f]+$/i.test(count)));
  if (broken >= 0) throw new Error(`net/stat: got ${JSON.stringify(lines[broken].slice(0, 80))}, want ${names.length} hexadecimal counts`);
  return new Map(names.map((name, column) => [name, rows.map((row) => Number.parseInt(row[column], 16))]));
}
