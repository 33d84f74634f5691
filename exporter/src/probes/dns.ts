import { nodeCrypto } from '@presage/service/lazy-node.ts';
import { createSocket } from 'node:dgram';
import { isIPv6, type Socket } from 'node:net';
import { dial } from './dial.ts';
import { decodeAnswer, encodeQuery, type DnsAnswer, type Question, type ResourceRecord } from './dns-message.ts';
import { parseRecordClass, parseRecordType, parseResponseCode, responseCodeName } from './dns-numbers.ts';
import type { DnsModule, RecordMatches } from './module-keys.ts';
import type { ProbeContext, Prober } from './prober.ts';
import { resolveTarget, splitHostPort, type Resolved } from './resolve.ts';
import { readTlsFacts, startTls } from './tls-client.ts';

/** Asks a DNS server one question and judges the answer's code and records. blackbox_exporter's `dns` prober. */
export const probeDns: Prober<DnsModule> = async (target, settings, context) => {
  const { readings, log } = context;
  for (const name of ['probe_dns_answer_rrs', 'probe_dns_authority_rrs', 'probe_dns_additional_rrs', 'probe_dns_query_succeeded'] as const)
    readings.set(name, 0);
  for (const phase of ['resolve', 'connect', 'request']) readings.setPhase('probe_dns_duration_seconds', phase, 0);
  const { host, port } = splitHostPort(target) ?? { host: target.replace(/^\[(.*)\]$/, '$1'), port: settings.dns_over_tls ? 853 : 53 };
  const resolved = await resolveTarget(host, settings.preferred_ip_protocol, settings.ip_protocol_fallback, context);
  readings.setPhase('probe_dns_duration_seconds', 'resolve', resolved.seconds);
  const question: Question = {
    id: nodeCrypto().randomInt(65_536),
    name: settings.query_name,
    type: parseRecordType(settings.query_type) ?? 255,
    recordClass: parseRecordClass(settings.query_class) ?? 1,
    recursionDesired: settings.recursion_desired,
  };
  log.debug('asking', { name: question.name, type: settings.query_type, transport: settings.transport_protocol });
  const ask = settings.transport_protocol === 'udp' ? askByUdp : askByTcp;
  const answer = await ask({ question, resolved, port, host, settings, context });
  readings.set('probe_dns_query_succeeded', 1);
  readings.set('probe_dns_answer_rrs', answer.answers.length);
  readings.set('probe_dns_authority_rrs', answer.authorities.length);
  readings.set('probe_dns_additional_rrs', answer.additionals.length);
  if (settings.query_type === 'SOA')
    readings.set('probe_dns_serial', answer.answers.findLast(({ serial }) => serial !== undefined)?.serial ?? 0);
  return (
    codeFits(answer, settings, context) &&
    recordsFit('answer', answer.answers, settings.validate_answer_rrs, context) &&
    recordsFit('authority', answer.authorities, settings.validate_authority_rrs, context) &&
    recordsFit('additional', answer.additionals, settings.validate_additional_rrs, context)
  );
};

interface Ask {
  readonly question: Question;
  readonly resolved: Resolved;
  readonly port: number;
  readonly host: string;
  readonly settings: DnsModule;
  readonly context: ProbeContext;
}

const note = ({ readings }: ProbeContext, phase: string, since: number) =>
  readings.setPhase('probe_dns_duration_seconds', phase, (performance.now() - since) / 1000);

async function askByUdp({ question, resolved, port, settings, context }: Ask): Promise<DnsAnswer> {
  const begun = performance.now();
  const socket = createSocket(resolved.family === 6 ? 'udp6' : 'udp4');
  const close = () => socket.close();
  context.ending.onEnd(close);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    const connect = () => socket.connect(port, resolved.address, resolve);
    if (settings.source_ip_address === '') connect();
    else socket.bind({ address: settings.source_ip_address }, connect);
  });
  note(context, 'connect', begun);
  const sent = performance.now();
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (message) => {
      // Answers to other questions are strays; the one to ours is still to come.
      if (message.length < 12 || message.readUInt16BE(0) !== question.id) return;
      note(context, 'request', sent);
      try {
        resolve(decodeAnswer(message));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.send(encodeQuery(question));
  });
}

async function askByTcp({ question, resolved, port, host, settings, context }: Ask): Promise<DnsAnswer> {
  const begun = performance.now();
  const plain = await dial(resolved.address, port, settings.source_ip_address, context);
  let socket: Socket = plain;
  if (settings.dns_over_tls) {
    const secured = await startTls(plain, settings.tls_config, host, isIPv6(host) ? [] : ['dot'], context);
    readTlsFacts(secured, context);
    socket = secured;
  }
  note(context, 'connect', begun);
  const sent = performance.now();
  const query = encodeQuery(question);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.write(Buffer.concat([length, query]));
  let received = Buffer.alloc(0);
  for await (const part of socket) {
    if (!Buffer.isBuffer(part)) continue;
    received = Buffer.concat([received, part]);
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) continue;
    note(context, 'request', sent);
    const answer = decodeAnswer(received.subarray(2, 2 + received.readUInt16BE(0)));
    if (answer.id !== question.id) throw new Error('the answer is to another question');
    return answer;
  }
  throw new Error('the connection ended before the answer');
}

function codeFits({ code }: DnsAnswer, { valid_rcodes }: DnsModule, { log }: ProbeContext): boolean {
  const valid = valid_rcodes.length === 0 ? ['NOERROR'] : valid_rcodes;
  const fits = valid.some((name) => parseResponseCode(name) === code);
  log.debug(fits ? 'response code fits' : 'response code does not fit', { code: responseCodeName(code), wanted: valid.join(' ') });
  return fits;
}

/**
 * Whether a section's records are as the expressions want; a section without records fails where one must match. What
 * `fail_if_all_match_regexp` does is the opposite of its name, in blackbox_exporter too: it fails unless all match.
 */
function recordsFit(section: string, records: readonly ResourceRecord[], rules: RecordMatches, { log }: ProbeContext): boolean {
  const texts = records.map(({ text }) => text);
  const {
    fail_if_matches_regexp: never,
    fail_if_all_match_regexp: all,
    fail_if_not_matches_regexp: each,
    fail_if_none_matches_regexp: any,
  } = rules;
  const faults: [boolean, string][] = [
    [never.some((rule) => texts.some((text) => rule.test(text))), 'a record matches'],
    [all.some((rule) => texts.some((text) => !rule.test(text))), 'not all records match'],
    [each.length > 0 && (texts.length === 0 || each.some((rule) => texts.some((text) => !rule.test(text)))), 'a record does not match'],
    [any.length > 0 && !any.some((rule) => texts.some((text) => rule.test(text))), 'no record matches'],
  ];
  const fault = faults.find(([broken]) => broken);
  if (fault !== undefined) log.debug(fault[1], { section, records: texts.join('; ') });
  return fault === undefined;
}
