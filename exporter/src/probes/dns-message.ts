import { readName } from './dns-name.ts';
import { recordText } from './dns-records.ts';

/** What a DNS query asks. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly recordClass: number;
  readonly recursionDesired: boolean;
}

/** One resource record: its type, and its text as in a zone file with tabs between the fields. */
export interface ResourceRecord {
  readonly type: number;
  readonly text: string;
  /** Of an SOA record. */
  readonly serial: number | undefined;
}

export interface DnsAnswer {
  readonly id: number;
  readonly code: number;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

/** The query as bytes (RFC 1035, 4.1). Throws Error for a name that cannot be written. */
export function encodeQuery({ id, name, type, recordClass, recursionDesired }: Question): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(recursionDesired ? 0x0100 : 0, 2);
  header.writeUInt16BE(1, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(type, 0);
  tail.writeUInt16BE(recordClass, 2);
  return Buffer.concat([header, encodeName(name), tail]);
}

function encodeName(name: string): Buffer {
  const labels = name
    .replace(/\.$/, '')
    .split('.')
    .filter((label, _, all) => label !== '' || all.length > 1);
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label);
    if (bytes.length === 0 || bytes.length > 63) throw new Error(`name ${name}: got a label of ${bytes.length} bytes, want 1 to 63`);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** Reads an answer. Throws Error for what is no DNS message. */
export function decodeAnswer(message: Buffer): DnsAnswer {
  try {
    const counts = [6, 8, 10].map((offset) => message.readUInt16BE(offset));
    let offset = 12;
    for (let left = message.readUInt16BE(4); left > 0; left -= 1) offset = readName(message, offset).end + 4;
    const sections = counts.map((count) => {
      const records: ResourceRecord[] = [];
      for (let left = count; left > 0; left -= 1) {
        const { record, end } = readRecord(message, offset);
        records.push(record);
        offset = end;
      }
      return records;
    });
    return {
      id: message.readUInt16BE(0),
      code: message.readUInt16BE(2) & 15,
      answers: sections[0],
      authorities: sections[1],
      additionals: sections[2],
    };
  } catch (cause) {
    throw new Error('the answer is no whole DNS message', { cause });
  }
}

function readRecord(message: Buffer, start: number): { readonly record: ResourceRecord; readonly end: number } {
  const { name, end: at } = readName(message, start);
  const type = message.readUInt16BE(at);
  const data = at + 10;
  const end = data + message.readUInt16BE(at + 8);
  if (end > message.length) throw new RangeError('a record reaches past the end');
  const text = recordText({ message, name, type, recordClass: message.readUInt16BE(at + 2), ttl: message.readUInt32BE(at + 4), data, end });
  return { record: { type, text, serial: type === 6 ? serialOf(message, data) : undefined }, end };
}

function serialOf(message: Buffer, data: number): number {
  return message.readUInt32BE(readName(message, readName(message, data).end).end);
}
