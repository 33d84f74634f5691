/** One array of /proc/mdstat. Blocks are of 1 KiB; `active` disks are those in use, of the `required` ones. */
export interface MdArray {
  readonly device: string;
  readonly state: 'active' | 'inactive' | 'recovering' | 'check' | 'resync';
  readonly active: number;
  readonly required: number;
  readonly failed: number;
  readonly spare: number;
  readonly blocks: number;
  readonly synced: number;
}

/**
 * Reads the arrays: a line `md0 : active raid1 sda[0] sdb[1]`, a line that begins with the number of blocks, then indented lines, one
 * of which may tell of a synchronization. Throws where an array's lines are cut.
 */
export function parseMdstat(text: string): MdArray[] {
  const lines = text.split('\n');
  const arrays: MdArray[] = [];
  lines.forEach((line, index) => {
    const match = /^(md\S*) : (active|inactive)\b(.*)$/.exec(line);
    if (match === null) return;
    const after = lines.slice(index + 1, index + 8);
    const end = after.findIndex((next) => !/^\s+\S/.test(next));
    arrays.push(parseArray(match[1], match[2] === 'active', match[3], after.slice(0, end < 0 ? undefined : end)));
  });
  return arrays;
}

function parseArray(device: string, isActive: boolean, disks: string, [status = '', ...more]: readonly string[]): MdArray {
  const blocks = Number(/^\s+(\d+) blocks\b/.exec(status)?.[1] ?? Number.NaN);
  if (Number.isNaN(blocks)) throw new Error(`mdstat: ${device}: got ${JSON.stringify(status.slice(0, 80))}, want a number of blocks`);
  return {
    device,
    failed: count(disks, '(F)'),
    spare: count(disks, '(S)'),
    blocks,
    ...disksInUse(device, isActive, disks, status),
    ...synchronization(isActive, blocks, more),
  };
}

/** Arrays without redundancy use all their disks; the others say `[4/3]`. */
function disksInUse(device: string, isActive: boolean, disks: string, status: string): Pick<MdArray, 'active' | 'required'> {
  if (/\b(raid0|linear)\b/.test(disks)) return { active: count(disks, '['), required: count(disks, '[') };
  if (!isActive) return { active: 0, required: 0 };
  const match = /\[(\d+)\/(\d+)\]/.exec(status);
  if (match === null) throw new Error(`mdstat: ${device}: got ${JSON.stringify(status.slice(0, 80))}, want disks such as [2/2]`);
  return { active: Number(match[2]), required: Number(match[1]) };
}

const WORDS = [
  ['recovery', 'recovering'],
  ['resync', 'resync'],
  ['check', 'check'],
  ['reshape', 'active'],
] as const;

/** Blocks that are in step: those passed by a synchronization, none while it waits, all without one. */
function synchronization(isActive: boolean, blocks: number, lines: readonly string[]): Pick<MdArray, 'state' | 'synced'> {
  for (const line of lines) {
    const found = WORDS.find(([word]) => new RegExp(`\\b${word}\\s*=`).test(line));
    if (found === undefined) continue;
    const passed = /\((\d+)\/\d+\)/.exec(line)?.[1];
    return { state: found[1], synced: Number(passed ?? 0) };
  }
  return { state: isActive ? 'active' : 'inactive', synced: blocks };
}

const count = (text: string, part: string): number => text.split(part).length - 1;
