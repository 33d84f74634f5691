import { readFileSync } from 'node:fs';

/** A zone at a moment: the short name that C libraries print (UTC, CET) and seconds east of Greenwich. */
export interface Zone {
  readonly name: string;
  readonly offset: number;
}

/**
 * Tells the zone of this process by its zone file (compiled, RFC 8536). The name comes from the file and not from `Intl`, which says
 * "GMT+1" for CET and takes 6 MB of memory for it. The file is read anew once an hour.
 */
export function createZoneReader(file: string): (date: Date) => Zone {
  let hour = Number.NaN;
  let zoneFile: Buffer | undefined;
  return (date) => {
    const now = Math.floor(date.getTime() / 3_600_000);
    if (now !== hour) zoneFile = readZoneFile(file);
    hour = now;
    const offset = -60 * date.getTimezoneOffset() + 0;
    return { offset, name: (zoneFile && abbreviationOf(zoneFile, offset, date.getTime() / 1000)) ?? offsetName(offset) };
  };
}

function readZoneFile(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // A machine without the file is on UTC.
  }
}

function offsetName(offset: number): string {
  if (offset === 0) return 'UTC';
  const minutes = Math.abs(offset) / 60;
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(minutes / 60)}${minutes % 60 === 0 ? '' : two(minutes % 60)}`;
}

const HEADER = 44;

/**
 * The abbreviation under which a zone file knows an offset (seconds) at a time (Unix seconds): that of the newest change to it so far,
 * else of the last local time type that has it. Undefined for a file of another form or an offset that it does not hold.
 */
export function abbreviationOf(file: Buffer, offset: number, time: number): string | undefined {
  const first = blockAt(file, 0, 4);
  if (first === undefined) return undefined;
  const block = file[4] >= 0x32 ? blockAt(file, first.end, 8) : first;
  if (block === undefined) return undefined;
  const typeHas = (type: number) => file.readInt32BE(block.types + 6 * type) === offset;
  for (let index = block.timeCount - 1; index >= 0; index -= 1) {
    const type = file[block.typeIndexes + index];
    if (block.timeAt(index) <= time && typeHas(type)) return block.nameOf(type);
  }
  for (let type = block.typeCount - 1; type >= 0; type -= 1) if (typeHas(type)) return block.nameOf(type);
  return undefined;
}

interface Block {
  readonly timeCount: number;
  readonly typeCount: number;
  /** Where in the file the type of each transition, and the types themselves (6 bytes each), begin. */
  readonly typeIndexes: number;
  readonly types: number;
  /** Where the block ends. */
  readonly end: number;
  timeAt(index: number): number;
  nameOf(type: number): string;
}

/** The data block whose header begins at `start`; `width` is the size of its times in bytes. */
function blockAt(file: Buffer, start: number, width: 4 | 8): Block | undefined {
  if (file.length < start + HEADER || file.toString('latin1', start, start + 4) !== 'TZif') return undefined;
  const [utcCount, standardCount, leapCount, timeCount, typeCount, nameBytes] = [20, 24, 28, 32, 36, 40].map((at) =>
    file.readUInt32BE(start + at),
  );
  const times = start + HEADER;
  const typeIndexes = times + timeCount * width;
  const types = typeIndexes + timeCount;
  const names = types + typeCount * 6;
  const end = names + nameBytes + leapCount * (width + 4) + standardCount + utcCount;
  if (end > file.length) return undefined;
  return {
    timeCount,
    typeCount,
    typeIndexes,
    types,
    end,
    timeAt: (index) => (width === 4 ? file.readInt32BE(times + 4 * index) : Number(file.readBigInt64BE(times + 8 * index))),
    nameOf: (type) => {
      const at = names + file[types + 6 * type + 5];
      return file.toString('latin1', at, file.indexOf(0, at));
    },
  };
}
