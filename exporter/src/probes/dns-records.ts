import { readName } from './dns-name.ts';
import { recordClassName, recordTypeName } from './dns-numbers.ts';

/** One record of a message: the fields before its data, and where the data stand. */
export interface RawRecord {
  readonly message: Buffer;
  readonly name: string;
  readonly type: number;
  readonly recordClass: number;
  readonly ttl: number;
  readonly data: number;
  readonly end: number;
}

/** `example.com.\t300\tIN\tA\t192.0.2.1`: the form in which the expressions of a module see it (miekg/dns prints the same). */
export function recordText(record: RawRecord): string {
  if (record.type === 41) return `; EDNS: udp: ${record.recordClass}`;
  const head = [record.name, record.ttl, recordClassName(record.recordClass), recordTypeName(record.type)].join('\t');
  return `${head}\t${dataText(record)}`;
}

function dataText({ message, type, data, end }: RawRecord): string {
  const name = (at: number) => readName(message, at);
  const u16 = (at: number) => message.readUInt16BE(at);
  switch (recordTypeName(type)) {
    case 'A':
      return [...message.subarray(data, data + 4)].join('.');
    case 'AAAA':
      return new URL(`http://[${Array.from({ length: 8 }, (_, i) => u16(data + 2 * i).toString(16)).join(':')}]/`).hostname.slice(1, -1);
    case 'NS':
    case 'CNAME':
    case 'PTR':
    case 'DNAME':
      return name(data).name;
    case 'MX':
      return `${u16(data)} ${name(data + 2).name}`;
    case 'SRV':
      return `${u16(data)} ${u16(data + 2)} ${u16(data + 4)} ${name(data + 6).name}`;
    case 'TXT':
    case 'SPF':
      return strings(message.subarray(data, end)).join(' ');
    case 'SOA':
      return soaText(message, data);
    case 'CAA':
      return caaText(message.subarray(data, end));
    default:
      return `\\# ${end - data} ${message.subarray(data, end).toString('hex')}`;
  }
}

function soaText(message: Buffer, data: number): string {
  const server = readName(message, data);
  const mailbox = readName(message, server.end);
  const numbers = Array.from({ length: 5 }, (_, i) => message.readUInt32BE(mailbox.end + 4 * i));
  return [server.name, mailbox.name, ...numbers].join(' ');
}

function caaText(data: Buffer): string {
  const tagEnd = 2 + data.readUInt8(1);
  return `${data.readUInt8(0)} ${data.toString('latin1', 2, tagEnd)} ${quoted(data.subarray(tagEnd))}`;
}

function strings(data: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < data.length; at += 1 + data.readUInt8(at)) texts.push(quoted(data.subarray(at + 1, at + 1 + data.readUInt8(at))));
  return texts;
}

function quoted(bytes: Buffer): string {
  const text = [...bytes].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte > 0x7e ? `\\${String(byte).padStart(3, '0')}` : String.fromCharCode(byte);
  });
  return `"${text.join('')}"`;
}
