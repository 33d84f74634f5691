import {
  bool,
  choice,
  type DecodedBy,
  type Decoder,
  dictionary,
  integer,
  judged,
  list,
  mapping,
  type Path,
  scalar,
  text,
  type Faults,
} from '@presage/service/decode.ts';
import { isIP } from 'node:net';
import { type Pattern, pattern } from './pattern.ts';

const addressKeys = {
  preferred_ip_protocol: choice<4 | 6>({ '': 6, ip6: 6, ip4: 4 }, 6),
  ip_protocol_fallback: bool(true),
};

const sourceAddress = text({ check: (value) => (value === '' || isIP(value) > 0 ? undefined : 'an IP address') });

const TLS_VERSIONS = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;
type TlsVersion = (typeof TLS_VERSIONS)[keyof typeof TLS_VERSIONS];

const tlsKeys = mapping({
  insecure_skip_verify: bool(false),
  ca: text(),
  ca_file: text(),
  cert: text(),
  cert_file: text(),
  key: text({ secret: true }),
  key_file: text(),
  server_name: text(),
  min_version: choice<TlsVersion>(TLS_VERSIONS, 'TLSv1.2'),
  max_version: choice<TlsVersion>(TLS_VERSIONS, 'TLSv1.3'),
});

/** How a probe speaks TLS; files are read when the probe runs. */
export type TlsSettings = DecodedBy<typeof tlsKeys>;

const tlsConfig = judged(tlsKeys, (tls, path, faults) => {
  const cert = tls.cert !== '' || tls.cert_file !== '';
  const key = tls.key !== '' || tls.key_file !== '';
  if (cert !== key) faults.add(path, cert ? 'a certificate without its key' : 'a key without its certificate', 'both or neither');
});

const headerMatches = list(mapping({ header: text(), regexp: pattern(), allow_missing: bool(false) }));

const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/** Bytes: a number, or as "10MB" and "10MiB", both of 1024 as in alecthomas/units, which the original uses. */
const size: Decoder<number> = scalar(0, 'a size such as 10MB', (value) => {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined;
  const match = typeof value === 'string' ? /^(\d+)([KMGT]?)i?B$/.exec(value) : null;
  return match === null ? undefined : Number(match[1]) * SIZE_UNITS[`${match[2]}B`];
});

const httpKeys = mapping({
  ...addressKeys,
  valid_status_codes: list(integer(0, 100, 999)),
  valid_http_versions: list(text()),
  method: text({ check: (value) => (/^[A-Z]*$/.test(value) ? undefined : 'a method in capitals such as POST') }),
  headers: dictionary(text()),
  no_follow_redirects: bool(false),
  follow_redirects: bool(true),
  enable_http2: bool(true),
  fail_if_ssl: bool(false),
  fail_if_not_ssl: bool(false),
  fail_if_body_matches_regexp: list(pattern()),
  fail_if_body_not_matches_regexp: list(pattern()),
  fail_if_header_matches: headerMatches,
  fail_if_header_not_matches: headerMatches,
  body: text(),
  body_file: text(),
  body_size_limit: size,
  compression: choice<'' | 'gzip' | 'br' | 'deflate' | 'identity'>(
    { '': '', gzip: 'gzip', br: 'br', deflate: 'deflate', identity: 'identity' },
    '',
  ),
  tls_config: tlsConfig,
  basic_auth: mapping({ username: text(), password: text({ secret: true }), password_file: text() }),
  authorization: mapping({ type: text({ default: 'Bearer' }), credentials: text({ secret: true }), credentials_file: text() }),
  bearer_token: text({ secret: true }),
  bearer_token_file: text(),
});

export type HttpModule = DecodedBy<typeof httpKeys>;

const tcpKeys = mapping({
  ...addressKeys,
  source_ip_address: sourceAddress,
  query_response: list(
    mapping({
      expect: optionalPattern(),
      send: text(),
      starttls: bool(false),
      labels: list(mapping({ name: text({ check: labelName }), value: text() })),
    }),
  ),
  tls: bool(false),
  tls_config: tlsConfig,
});

export type TcpModule = DecodedBy<typeof tcpKeys>;

const icmpKeys = mapping({
  ...addressKeys,
  source_ip_address: sourceAddress,
  payload_size: integer(0, 0, 65_507),
  dont_fragment: bool(false),
  ttl: integer(64, 0, 255),
});

export type IcmpModule = DecodedBy<typeof icmpKeys>;

const recordMatches = mapping({
  fail_if_matches_regexp: list(pattern()),
  fail_if_all_match_regexp: list(pattern()),
  fail_if_not_matches_regexp: list(pattern()),
  fail_if_none_matches_regexp: list(pattern()),
});

export type RecordMatches = DecodedBy<typeof recordMatches>;

const dnsKeys = mapping({
  ...addressKeys,
  source_ip_address: sourceAddress,
  transport_protocol: choice<'udp' | 'tcp'>({ '': 'udp', udp: 'udp', tcp: 'tcp' }, 'udp'),
  dns_over_tls: bool(false),
  tls_config: tlsConfig,
  query_name: text(),
  query_type: text({ default: 'ANY' }),
  query_class: text({ default: 'IN' }),
  recursion_desired: bool(true),
  valid_rcodes: list(text()),
  validate_answer_rrs: recordMatches,
  validate_authority_rrs: recordMatches,
  validate_additional_rrs: recordMatches,
});

export type DnsModule = DecodedBy<typeof dnsKeys>;

/** The parts of a module, by prober. */
export const probeKeys = { http: httpKeys, tcp: tcpKeys, icmp: icmpKeys, dns: judged(dnsKeys, judgeDns) } as const;

function judgeDns(dns: DnsModule, path: Path, faults: Faults): void {
  if (dns.dns_over_tls && dns.transport_protocol !== 'tcp') faults.add([...path, 'transport_protocol'], '"udp" beside dns_over_tls', 'tcp');
}

function optionalPattern(): Decoder<Pattern | undefined> {
  const given = pattern();
  return { decode: (value, path, faults) => (value === undefined || value === '' ? undefined : given.decode(value, path, faults)) };
}

function labelName(value: string): string | undefined {
  return /^[a-zA-Z_]\w*$/.test(value) ? undefined : 'a label name';
}
