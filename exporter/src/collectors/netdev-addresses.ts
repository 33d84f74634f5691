import type { NetworkInterfaceInfo } from 'node:os';

/** One address of an interface: `netmask` is the prefix length, `scope` Go's word for its reach. */
export interface InterfaceAddress {
  readonly device: string;
  readonly address: string;
  readonly netmask: string;
  readonly scope: 'link-local' | 'interface-local' | 'global' | '';
}

/** The addresses as `os.networkInterfaces()` lists them, one row each. */
export function addressInfo(interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>): InterfaceAddress[] {
  const rows: InterfaceAddress[] = [];
  for (const [device, addresses] of Object.entries(interfaces)) {
    for (const { address, cidr, internal } of addresses ?? [])
      rows.push({ device, address, netmask: cidr?.split('/')[1] ?? '', scope: internal ? 'link-local' : scopeOf(address) });
  }
  return rows;
}

/** RFC 4291 section 2.7 and RFC 3927. Loopback counts as link-local, as in node_exporter. */
function scopeOf(address: string): InterfaceAddress['scope'] {
  const lower = address.toLowerCase();
  if (/^(127\.|169\.254\.|224\.0\.0\.)/.test(lower) || /^fe[89ab]/.test(lower) || /^ff.2:/.test(lower) || lower === '::1')
    return 'link-local';
  if (/^ff.1:/.test(lower)) return 'interface-local';
  return lower === '0.0.0.0' || lower === '::' || lower === '255.255.255.255' || /^(22[4-9]|23\d)\./.test(lower) || lower.startsWith('ff')
    ? ''
    : 'global';
}
