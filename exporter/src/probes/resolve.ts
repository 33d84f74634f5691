import { nodeDns } from '@presage/service/lazy-node.ts';
import { isIP } from 'node:net';
import type { ProbeContext } from './prober.ts';

/** The address that a probe goes to. */
export interface Resolved {
  readonly address: string;
  readonly family: 4 | 6;
  /** How long the look-up took. */
  readonly seconds: number;
}

/**
 * Finds the one address to probe: of the preferred family, or of the other if `fallback` allows it. Sets probe_ip_protocol,
 * probe_ip_addr_hash and probe_dns_lookup_time_seconds. Throws Error if there is no such address.
 */
export async function resolveTarget(host: string, preferred: 4 | 6, fallback: boolean, { readings, log }: ProbeContext): Promise<Resolved> {
  readings.set('probe_dns_lookup_time_seconds', 0);
  readings.set('probe_ip_protocol', 0);
  readings.set('probe_ip_addr_hash', 0);
  const begun = performance.now();
  const found = await addressesOf(host).finally(() => readings.set('probe_dns_lookup_time_seconds', (performance.now() - begun) / 1000));
  const seconds = (performance.now() - begun) / 1000;
  const chosen = found.find(({ family }) => family === preferred) ?? (fallback ? found[0] : undefined);
  if (chosen === undefined) throw new Error(`${host}: has no IPv${preferred} address`);
  const family = chosen.family === 6 ? 6 : 4;
  readings.set('probe_ip_protocol', family);
  readings.set('probe_ip_addr_hash', hashOf(chosen.address, family));
  log.debug('target resolved', { address: chosen.address });
  return { address: chosen.address, family, seconds };
}

async function addressesOf(host: string): Promise<readonly { readonly address: string; readonly family: number }[]> {
  const family = isIP(host);
  return family > 0 ? [{ address: host, family }] : nodeDns().lookup(host, { all: true, order: 'verbatim' });
}

/** Splits "host:port" and "[::1]:port"; undefined for anything else. */
export function splitHostPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match === null || port > 65_535 ? undefined : { host: match[1] ?? match[2] ?? '', port };
}

/** FNV-1a over the 4 or 16 bytes of the address. */
function hashOf(address: string, family: 4 | 6): number {
  let hash = 0x811c9dc5;
  for (const byte of family === 4 ? address.split('.').map(Number) : ipv6Bytes(address)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** The 16 bytes of an IPv6 address, without its zone. */
export function ipv6Bytes(address: string): number[] {
  const canonical = new URL(`http://[${address.split('%', 1)[0]}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}
