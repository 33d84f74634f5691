import type { Socket } from 'node:net';
import { dial } from './dial.ts';
import { readLines, type LineReader } from './line-reader.ts';
import type { TcpModule } from './module-keys.ts';
import { expand } from './pattern.ts';
import type { ProbeContext, Prober } from './prober.ts';
import { resolveTarget, splitHostPort } from './resolve.ts';
import { readTlsFacts, startTls } from './tls-client.ts';

type Step = TcpModule['query_response'][number];

/** Connects, speaks TLS if asked to, and goes through lines to expect and to send. blackbox_exporter's `tcp` prober. */
export const probeTcp: Prober<TcpModule> = async (target, settings, context) => {
  const { readings, log } = context;
  readings.set('probe_failed_due_to_regex', 0);
  const to = splitHostPort(target);
  if (to === undefined) throw new Error(`target: got ${JSON.stringify(target)}, want host:port`);
  const { address } = await resolveTarget(to.host, settings.preferred_ip_protocol, settings.ip_protocol_fallback, context);
  const plain = await dial(address, to.port, settings.source_ip_address, context);
  log.debug('connected', { tls: settings.tls });
  const secure = async (socket: Socket) => {
    const secured = await startTls(socket, settings.tls_config, to.host, [], context);
    readTlsFacts(secured, context);
    return secured;
  };
  let socket: Socket = settings.tls ? await secure(plain) : plain;
  if (settings.query_response.length === 0) return true;
  let lines = readLines(socket);
  for (const step of settings.query_response) {
    const groups = await expected(step, lines, context);
    if (groups === undefined) return false;
    const send = step.expect === undefined ? step.send : expand(step.send, groups);
    if (send !== '') {
      log.debug('sending', { line: send });
      socket.write(`${send}\n`);
    }
    if (step.starttls) {
      lines.release();
      socket = await secure(socket);
      lines = readLines(socket);
    }
  }
  return true;
};

/** The groups of the line that a step waits for, none if it waits for nothing; undefined if no such line came. */
async function expected(
  { expect, labels }: Step,
  lines: LineReader,
  { readings, log }: ProbeContext,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (expect === undefined) return new Map();
  for (;;) {
    const line = await lines.next();
    if (line === undefined) break;
    const groups = expect.groups(line);
    log.debug('line read', { line, matches: groups !== undefined });
    if (groups === undefined) continue;
    readings.set('probe_failed_due_to_regex', 0);
    if (labels.length > 0)
      readings.set('probe_expect_info', 1, Object.fromEntries(labels.map(({ name, value }) => [name, expand(value, groups)])));
    return groups;
  }
  readings.set('probe_failed_due_to_regex', 1);
  log.debug('no line matches', { regexp: expect.source });
  return undefined;
}
