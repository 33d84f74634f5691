/** One line of /proc/interrupts or /proc/softirqs: its name, its count on each CPU, and the words after the counts. */
export interface InterruptLine {
  readonly name: string;
  readonly counts: readonly number[];
  readonly rest: readonly string[];
}

/** A table of counts by CPU; `cpus` are the CPUs' numbers, from the heading. */
export interface InterruptTable {
  readonly cpus: readonly string[];
  readonly lines: readonly InterruptLine[];
}

/**
 * Reads a heading `CPU0 CPU1 …`, then lines `name: count count … words`. Lines with fewer counts than CPUs (ERR, MIS) are left out.
 * Throws where the heading is missing or a count is no number.
 */
export function parseInterruptTable(text: string): InterruptTable {
  const [heading, ...lines] = text.split('\n');
  const cpus = heading
    .trim()
    .split(/\s+/)
    .map((word) => /^CPU(\d+)$/.exec(word)?.[1]);
  if (!cpus.every((cpu) => cpu !== undefined)) throw new Error(`interrupts: got ${JSON.stringify(heading.slice(0, 60))}, want CPU0 CPU1 …`);
  return { cpus, lines: lines.map((line) => parseLine(line, cpus.length)).filter((line) => line !== undefined) };
}

/** On some architectures nothing stands between the colon and the first count. */
function parseLine(line: string, cpus: number): InterruptLine | undefined {
  const colon = line.indexOf(':');
  if (colon < 0) return undefined;
  const words = line
    .slice(colon + 1)
    .trim()
    .split(/\s+/);
  if (words.length < cpus) return undefined;
  const counts = words.slice(0, cpus).map(Number);
  if (counts.some(Number.isNaN)) throw new Error(`interrupts: got ${JSON.stringify(line.slice(0, 80))}, want ${cpus} counts`);
  return { name: line.slice(0, colon).trim(), counts, rest: words.slice(cpus) };
}
