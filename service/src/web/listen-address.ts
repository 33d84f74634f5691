/** Where to listen: no host means every address of the machine, IPv6 and IPv4. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** What a listen address looks like, for error messages. */
export const LISTEN_ADDRESS_WISH = 'an address such as :9100, 127.0.0.1:9100 or [::1]:9100';

/** Reads ":9100", "host:port" or "[::1]:9100", as Go's net.Listen does. Undefined for anything else. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^\s:[\]/@]*)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port > 65_535) return undefined;
  const host = match[1] ?? match[2];
  return { host: host === '' ? undefined : host, port };
}

/** The address as a URL's authority: `[::1]:9100`; what listens everywhere is shown as localhost. */
export function authority(host: string, port: number): string {
  const shown = host === '::' || host === '0.0.0.0' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${shown}:${port}`;
}
