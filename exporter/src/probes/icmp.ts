import { nodeCrypto } from '@presage/service/lazy-node.ts';
import { networkInterfaces } from 'node:os';
import { type Echo, encodeEcho, isReply, socketAddress } from './icmp-packet.ts';
import { type Arrival, type IcmpSocket, openIcmpSocket } from './icmp-socket.ts';
import { loadLibc } from './libc.ts';
import type { IcmpModule } from './module-keys.ts';
import type { ProbeContext, Prober } from './prober.ts';
import { resolveTarget } from './resolve.ts';

/** What requests carry unless the module sets a size. */
const PAYLOAD_BYTES = 28;

let sequence: number | undefined;

/** Sends one echo request and waits for its reply. blackbox_exporter's `icmp` prober; 64-bit Linux with koffi. */
export const probeIcmp: Prober<IcmpModule> = async (target, settings, context) => {
  const { readings, log } = context;
  for (const phase of ['resolve', 'setup', 'rtt']) readings.setPhase('probe_icmp_duration_seconds', phase, 0);
  const libc = await loadLibc();
  const { address, family, seconds } = await resolveTarget(target, settings.preferred_ip_protocol, settings.ip_protocol_fallback, context);
  readings.setPhase('probe_icmp_duration_seconds', 'resolve', seconds);
  const begun = performance.now();
  const socket = openIcmpSocket(libc, family);
  try {
    socket.setHopLimit(settings.ttl);
    if (settings.dont_fragment && family === 4) socket.forbidFragments();
    if (settings.source_ip_address !== '') socket.bind(socketAddress(settings.source_ip_address));
    sequence = ((sequence ?? nodeCrypto().randomInt(65_536)) + 1) % 65_536;
    const payload = nodeCrypto().randomBytes(settings.payload_size === 0 ? PAYLOAD_BYTES : settings.payload_size);
    const echo: Echo = { family, id: nodeCrypto().randomInt(65_536), sequence, payload };
    const packet = encodeEcho(echo);
    readings.setPhase('probe_icmp_duration_seconds', 'setup', (performance.now() - begun) / 1000);
    const to = socketAddress(address, scopeOf(address));
    log.debug('sending an echo request', { sequence, bytes: payload.length, unprivileged: socket.kernelId });
    const sent = socket.send(packet, to);
    const waiting = performance.now();
    const reply = await replyTo(echo, to, socket, context);
    if (reply === undefined) return false;
    // The kernel's clock says when it came; ours only when we looked.
    const elapsed = reply.at === undefined ? (performance.now() - waiting) / 1000 : Number(reply.at - sent) / 1e9;
    readings.setPhase('probe_icmp_duration_seconds', 'rtt', Math.max(0, elapsed));
    if (reply.hopLimit !== undefined) readings.set('probe_icmp_reply_hop_limit', reply.hopLimit);
    return true;
  } finally {
    socket.close();
  }
};

/**
 * Looks for the reply again and again until the probe ends, first at once, then in steps that grow with the time waited (a
 * tenth of it, 5 ms at most). A blocking read would hold one of libuv's four threads for as long as the target is silent.
 */
async function replyTo(echo: Echo, to: Buffer, socket: IcmpSocket, { ending }: ProbeContext): Promise<Arrival | undefined> {
  const begun = performance.now();
  const addressAt = echo.family === 4 ? [4, 8] : [8, 24];
  const sender = to.subarray(addressAt[0], addressAt[1]);
  while (!ending.ended) {
    for (let arrival = socket.receive(); arrival !== undefined; arrival = socket.receive()) {
      if (arrival.from.subarray(addressAt[0], addressAt[1]).equals(sender) && isReply(arrival.packet, echo, socket.kernelId))
        return arrival;
    }
    const step = (performance.now() - begun) / 10;
    await new Promise((resolve) => (step < 0.1 ? setImmediate(resolve) : setTimeout(resolve, Math.min(5, step))));
  }
  return undefined;
}

/** The number of the interface that `fe80::1%eth0` names; 0 for addresses without one. */
function scopeOf(address: string): number {
  const zone = address.split('%')[1];
  if (zone === undefined) return 0;
  const own = networkInterfaces()[zone]?.find(({ family }) => family === 'IPv6');
  return own?.family === 'IPv6' ? own.scopeid : Number(zone) || 0;
}
