/** One real server of one virtual service, with node_exporter's labels. */
export interface IpvsBackend {
  readonly labels: Readonly<Record<'local_address' | 'local_port' | 'remote_address' | 'remote_port' | 'proto' | 'local_mark', string>>;
  readonly active: number;
  readonly inactive: number;
  readonly weight: number;
}

interface Address {
  readonly address: string;
  readonly port: string;
}

interface Service extends Address {
  readonly proto: string;
  readonly mark: string;
}

/** Connections, packets in and out, bytes in and out: the third line of ip_vs_stats, in hexadecimal. */
export function parseIpvsTotals(text: string): readonly number[] {
  const words = (text.split('\n')[2] ?? '').trim().split(/\s+/);
  if (words.length !== 5 || !words.every((word) => /^[0-9A-F]+$/i.test(word)))
    throw new Error(`net/ip_vs_stats: got ${JSON.stringify(words.join(' ').slice(0, 80))}, want five hexadecimal numbers in line 3`);
  return words.map((word) => Number.parseInt(word, 16));
}

/** The real servers of /proc/net/ip_vs: each line with an arrow belongs to the service above it. */
export function parseIpvsBackends(text: string): IpvsBackend[] {
  const backends: IpvsBackend[] = [];
  let service: Service | undefined;
  for (const line of text.split('\n').slice(3)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '->' && service !== undefined) backends.push(backend(service, words));
    else if (/^[A-Z]+$/.test(words[0])) service = serviceOf(words);
    else if (words[0] !== '') throw new Error(`net/ip_vs: got ${JSON.stringify(line.slice(0, 80))}, want a service or a real server`);
  }
  return backends;
}

function serviceOf([proto, where = '']: readonly string[]): Service {
  return proto === 'FWM' ? { proto, mark: where, address: '', port: '0' } : { proto, mark: '', ...parseAddress(where) };
}

function backend(service: Service, [, where = '', , ...counts]: readonly string[]): IpvsBackend {
  const [weight, active, inactive] = counts.map(Number);
  if (counts.length < 3 || Number.isNaN(weight + active + inactive))
    throw new Error(`net/ip_vs: got ${JSON.stringify(counts.join(' ').slice(0, 60))}, want weight, active and inactive`);
  const remote = parseAddress(where);
  const labels = {
    local_address: service.address,
    local_port: service.port,
    remote_address: remote.address,
    remote_port: remote.port,
    proto: service.proto,
    local_mark: service.mark,
  };
  return { labels, weight, active, inactive };
}

/** `C0A80016:0CEA` is 192.168.0.22:3306; IPv6 addresses stand in brackets. Throws on another form. */
function parseAddress(text: string): Address {
  const four = /^([0-9A-F]{8}):([0-9A-F]{4})$/i.exec(text);
  const six = /^\[([0-9A-F:]+)\]:([0-9A-F]{4})$/i.exec(text);
  const port = String(Number.parseInt(four?.[2] ?? six?.[2] ?? '', 16));
  if (four !== null)
    return {
      address: four[1]
        .match(/../g)!
        .map((byte) => String(Number.parseInt(byte, 16)))
        .join('.'),
      port,
    };
  // URL writes IPv6 addresses in their short form (RFC 5952).
  if (six !== null && URL.canParse(`http://[${six[1]}]`)) return { address: new URL(`http://[${six[1]}]`).hostname.slice(1, -1), port };
  throw new Error(`net/ip_vs: got ${JSON.stringify(text.slice(0, 60))}, want an address and a port`);
}
