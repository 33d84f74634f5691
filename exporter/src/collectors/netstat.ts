import { stringFlag } from '@presage/service/flags.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { deviceFilter, type DeviceFilter } from './device-filter.ts';

const FIELDS = 'collector.netstat.fields';
const USUAL =
  '^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$';

/** Counters of the network protocols (proc_net(5): snmp, netstat, snmp6), those that a pattern lets through. */
export const netstat = defineCollector({
  name: 'netstat',
  help: 'network protocol statistics',
  flags: { [FIELDS]: stringFlag({ help: 'Regexp of the fields to show, as PROTOCOL_FIELD.', default: USUAL }) },
  start: (values) => {
    const wanted = deviceFilter({ include: [FIELDS, values[FIELDS]], exclude: ['', ''] });
    const readTable = tableReader(wanted);
    const write = (sink: Sink) => (field: string, value: number) => {
      const { name, help } = familyOf(field);
      sink.untyped(name, help).add(value);
    };
    return (host, sink) => {
      readTable(host.proc.read('net/netstat'), write(sink));
      readTable(host.proc.read('net/snmp'), write(sink));
      const six = host.proc.tryRead('net/snmp6');
      if (six !== undefined) readSnmp6(six, wanted, write(sink));
    };
  },
});

/** Takes a field as PROTOCOL_FIELD and its value. */
type Take = (field: string, value: number) => void;

/**
 * A reader of texts made of pairs of lines, `Proto: NAME …` above `Proto: NUMBER …`. The heads stay the same while a kernel runs, so
 * which columns are wanted is worked out once for each head. It throws where the lines of a pair do not match.
 */
export function tableReader(wanted: DeviceFilter): (text: string, take: Take) => void {
  const plans = new Map<string, readonly (string | undefined)[]>();
  return (text, take) => {
    const lines = text.split('\n');
    for (let index = 0; index + 1 < lines.length; index += 2) {
      const head = lines[index];
      let plan = plans.get(head);
      if (plan === undefined) {
        plan = wantedColumns(head, wanted);
        plans.set(head, plan);
      }
      readRow(head, plan, lines[index + 1], take);
    }
  };
}

function wantedColumns(head: string, wanted: DeviceFilter): readonly (string | undefined)[] {
  const [protocol, ...names] = head.split(' ');
  return names.map((name) => `${protocol.slice(0, -1)}_${name}`).map((field) => (wanted(field) ? field : undefined));
}

function readRow(head: string, plan: readonly (string | undefined)[], row: string, take: Take): void {
  const numbers = row.split(' ');
  if (numbers.length !== plan.length + 1 || !head.startsWith(`${numbers[0]} `))
    throw new Error(
      `netstat: got ${JSON.stringify(row.slice(0, 60))}, want ${plan.length} values for ${JSON.stringify(head.slice(0, 60))}`,
    );
  for (let column = 0; column < plan.length; column += 1) {
    const field = plan[column];
    if (field !== undefined) take(field, numberOf(numbers[column + 1], field));
  }
}

/** Lines `Ip6InReceives   7`: the protocol ends at its 6. */
export function readSnmp6(text: string, wanted: DeviceFilter, take: Take): void {
  for (const line of text.split('\n')) {
    const end = line.search(/\s/);
    if (end < 0) continue;
    const name = line.slice(0, end);
    let field = fieldNames.get(name);
    if (field === undefined) {
      field = snmp6Field(name);
      fieldNames.set(name, field);
    }
    if (field !== '' && wanted(field)) take(field, numberOf(line.slice(end).trim(), field));
  }
}

const fieldNames = new Map<string, string>();

/** PROTOCOL_FIELD of a name, empty for what is none. */
function snmp6Field(name: string): string {
  const six = name.indexOf('6');
  return six < 0 ? '' : `${name.slice(0, six + 1)}_${name.slice(six + 1)}`;
}

function numberOf(text: string, field: string): number {
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new Error(`netstat: got ${field} ${JSON.stringify(text)}, want a number`);
  return value;
}

const families = new Map<string, { readonly name: string; readonly help: string }>();

function familyOf(field: string): { readonly name: string; readonly help: string } {
  let family = families.get(field);
  if (family === undefined) {
    family = { name: `node_netstat_${field}`, help: `Network protocol statistic ${field}.` };
    families.set(field, family);
  }
  return family;
}
