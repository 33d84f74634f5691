import { silentLogger } from '@presage/service/log.ts';
import { createWebServer } from '@presage/service/web.ts';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { probeHandler } from './handler.ts';
import { parseProbeConfig } from './modules.ts';
import { startTargets, type Targets } from './targets.fixture.ts';

const RIVAL = ['prometheus-blackbox-exporter', 'blackbox_exporter'].find((name) => spawnSync(name, ['--version']).status === 0);
if (RIVAL === undefined)
  console.warn('SKIPPED: the live comparison needs blackbox_exporter (apt-get install prometheus-blackbox-exporter)');

/** What newer versions of blackbox_exporter than the Debian package's 0.23 give, and we with them. */
const NEWER_FAMILIES = new Set(['probe_tls_cipher_info']);
const NEWER_LABELS = new Set(['serialnumber']);

const modulesFor = (ca: string) => `
modules:
  http_2xx: { prober: http }
  http_ca: { prober: http, http: { tls_config: { ca_file: ${ca} } } }
  http_insecure: { prober: http, http: { tls_config: { insecure_skip_verify: true } } }
  http_no_http2: { prober: http, http: { enable_http2: false, tls_config: { ca_file: ${ca} } } }
  http_stay: { prober: http, http: { no_follow_redirects: true, valid_status_codes: [302] } }
  http_stay_2xx: { prober: http, http: { follow_redirects: false } }
  http_404: { prober: http, http: { valid_status_codes: [404, 503] } }
  http_body: { prober: http, http: { fail_if_body_not_matches_regexp: ["hel+o"] } }
  http_body_unwanted: { prober: http, http: { fail_if_body_matches_regexp: ["(?i)WORLD"] } }
  http_header: { prober: http, http: { fail_if_header_not_matches: [{ header: x-two, regexp: "^b$" }] } }
  http_header_unwanted: { prober: http, http: { fail_if_header_matches: [{ header: X-Two, regexp: "^b$" }] } }
  http_header_missing: { prober: http, http: { fail_if_header_matches: [{ header: X-None, regexp: ".*" }] } }
  http_header_allowed: { prober: http, http: { fail_if_header_matches: [{ header: X-None, regexp: ".*", allow_missing: true }] } }
  http_versions: { prober: http, http: { valid_http_versions: ["HTTP/2.0"] } }
  http_no_ssl: { prober: http, http: { fail_if_ssl: true, tls_config: { ca_file: ${ca} } } }
  http_ssl: { prober: http, http: { fail_if_not_ssl: true } }
  http_post: { prober: http, http: { method: POST, body: "a=1", basic_auth: { username: me, password: pw }, headers: { Host: other.test }, fail_if_body_not_matches_regexp: ["^POST Basic bWU6cHc= other.test a=1$"] } }
  http_gzip: { prober: http, http: { compression: gzip, fail_if_body_not_matches_regexp: ["^unpacked"] } }
  http_limit: { prober: http, http: { body_size_limit: 5B } }
  http_ip6_alone: { prober: http, http: { preferred_ip_protocol: ip6, ip_protocol_fallback: false } }
  http_short: { prober: http, timeout: 300ms }
  tcp: { prober: tcp }
  tcp_short: { prober: tcp, timeout: 300ms, tcp: { query_response: [{ expect: "never" }] } }
  tcp_tls: { prober: tcp, tcp: { tls: true, tls_config: { ca_file: ${ca} } } }
  tcp_tls_unknown: { prober: tcp, tcp: { tls: true } }
  tcp_mail: { prober: tcp, timeout: 3s, tcp: { tls_config: { ca_file: ${ca} }, query_response: [{ expect: "^220 (\\\\S+) ready" }, { send: "EHLO \\\\r" }, { expect: "STARTTLS" }, { send: "STARTTLS\\\\r" }, { expect: "^220" }, { starttls: true }, { send: "ping" }, { expect: "^250 secured ping" }] } }
  tcp_expand: { prober: tcp, timeout: 3s, tcp: { query_response: [{ expect: "^220 (\\\\S+) ready", send: "EHLO \${1}" }, { expect: "^250-mail" }] } }
  tcp_mismatch: { prober: tcp, timeout: 3s, tcp: { tls: true, tls_config: { ca_file: ${ca} }, query_response: [{ expect: "^insecure" }] } }
  icmp: { prober: icmp, timeout: 2s }
  icmp_big: { prober: icmp, timeout: 2s, icmp: { payload_size: 1400, dont_fragment: true, ttl: 12, preferred_ip_protocol: ip4, source_ip_address: 127.0.0.1 } }
  dns_a: { prober: dns, dns: { query_name: zone.test, query_type: A } }
  dns_a_tcp: { prober: dns, dns: { query_name: zone.test, query_type: A, transport_protocol: tcp } }
  dns_any: { prober: dns, dns: { query_name: zone.test } }
  dns_soa: { prober: dns, dns: { query_name: zone.test, query_type: SOA } }
  dns_missing: { prober: dns, dns: { query_name: nothing.test, query_type: A } }
  dns_missing_valid: { prober: dns, dns: { query_name: nothing.test, query_type: A, valid_rcodes: [NXDOMAIN] } }
  dns_unwanted: { prober: dns, dns: { query_name: zone.test, query_type: A, validate_answer_rrs: { fail_if_matches_regexp: ["192.0.2.2$"] } } }
  dns_each: { prober: dns, dns: { query_name: zone.test, query_type: A, validate_answer_rrs: { fail_if_not_matches_regexp: ["^zone.test.\\t300\\tIN\\tA\\t192"] } } }
  dns_all: { prober: dns, dns: { query_name: zone.test, query_type: A, validate_answer_rrs: { fail_if_all_match_regexp: ["192.0.2.1$"] } } }
  dns_all_match: { prober: dns, dns: { query_name: zone.test, query_type: A, validate_answer_rrs: { fail_if_all_match_regexp: ["192.0.2"] } } }
  dns_none: { prober: dns, dns: { query_name: zone.test, query_type: MX, validate_answer_rrs: { fail_if_none_matches_regexp: ["IN\\tMX\\t10 mx.zone.test.$"] } } }
  dns_txt: { prober: dns, dns: { query_name: zone.test, query_type: TXT, validate_answer_rrs: { fail_if_none_matches_regexp: ['"a\\\\"b" "cd"$'] } } }
  dns_aaaa: { prober: dns, dns: { query_name: zone.test, query_type: AAAA, validate_answer_rrs: { fail_if_none_matches_regexp: ['AAAA\\t2001:db8::7$'] } } }
  dns_no_records: { prober: dns, dns: { query_name: zone.test, query_type: PTR, validate_answer_rrs: { fail_if_not_matches_regexp: ["x"] } } }
  dns_authority: { prober: dns, dns: { query_name: zone.test, query_type: A, validate_authority_rrs: { fail_if_not_matches_regexp: ["NS\\tns.zone.test.$"] }, validate_additional_rrs: { fail_if_matches_regexp: ["192.0.2.53"] } } }
  dns_mute: { prober: dns, timeout: 300ms, dns: { query_name: mute.test, query_type: A } }
`;

type Case = readonly [module: string, target: (targets: Targets) => string];
const CASES: readonly Case[] = [
  ['http_2xx', ({ http }) => http],
  ['http_2xx', ({ http }) => `http://${http}/503`],
  ['http_2xx', ({ http }) => `http://${http}/redirect`],
  ['http_2xx', ({ http }) => `http://${http}/ring`],
  ['http_2xx', ({ http }) => `http://${http}/cookie`],
  ['http_2xx', ({ http }) => `http://${http}/broken`],
  ['http_2xx', ({ closed }) => closed],
  ['http_2xx', () => 'nowhere.invalid'],
  ['http_2xx', ({ http }) => http.replace('127.0.0.1', 'localhost')],
  ['http_2xx', ({ https }) => `https://${https}`],
  ['http_2xx', ({ tls }) => `http://${tls}`],
  ['http_ca', ({ https }) => `https://${https}`],
  ['http_ca', ({ http2 }) => `https://${http2}`],
  ['http_ca', ({ https }) => `https://${https}/redirect`],
  ['http_no_http2', ({ https }) => `https://${https}`],
  ['http_insecure', ({ http2 }) => `https://${http2}`],
  ['http_stay', ({ http }) => `${http}/redirect`],
  ['http_stay_2xx', ({ http }) => `${http}/redirect`],
  ['http_404', ({ http }) => `${http}/503`],
  ['http_body', ({ http }) => http],
  ['http_body', ({ http }) => `${http}/503`],
  ['http_body_unwanted', ({ http }) => http],
  ['http_header', ({ http }) => http],
  ['http_header_unwanted', ({ http }) => http],
  ['http_header_missing', ({ http }) => http],
  ['http_header_allowed', ({ http }) => http],
  ['http_versions', ({ http }) => http],
  ['http_no_ssl', ({ https }) => `https://${https}`],
  ['http_ssl', ({ http }) => http],
  ['http_post', ({ http }) => `${http}/echo`],
  ['http_gzip', ({ http }) => `${http}/gzip`],
  ['http_gzip', ({ http }) => http],
  ['http_limit', ({ http }) => http],
  ['http_ip6_alone', ({ http }) => http],
  ['http_short', ({ http }) => `${http}/slow`],
  ['http_short', ({ silent }) => silent],
  ['tcp', ({ http }) => http],
  ['tcp', ({ closed }) => closed],
  ['tcp', () => 'no-port'],
  ['tcp', () => 'nowhere.invalid:1'],
  ['tcp_short', ({ silent }) => silent],
  ['tcp_tls', ({ tls }) => tls],
  ['tcp_tls', ({ http }) => http],
  ['tcp_tls_unknown', ({ tls }) => tls],
  ['tcp_mail', ({ mail }) => mail],
  ['tcp_expand', ({ mail }) => mail],
  ['tcp_mismatch', ({ tls }) => tls],
  ['icmp', () => '127.0.0.1'],
  ['icmp', () => '::1'],
  ['icmp', () => 'nowhere.invalid'],
  ['icmp_big', () => 'localhost'],
  ['dns_a', ({ dnsUdp }) => dnsUdp],
  ['dns_a', ({ closed }) => closed],
  ['dns_a_tcp', ({ dnsTcp }) => dnsTcp],
  ['dns_any', ({ dnsUdp }) => dnsUdp],
  ['dns_soa', ({ dnsUdp }) => dnsUdp],
  ['dns_missing', ({ dnsUdp }) => dnsUdp],
  ['dns_missing_valid', ({ dnsUdp }) => dnsUdp],
  ['dns_unwanted', ({ dnsUdp }) => dnsUdp],
  ['dns_each', ({ dnsUdp }) => dnsUdp],
  ['dns_all', ({ dnsUdp }) => dnsUdp],
  ['dns_all_match', ({ dnsUdp }) => dnsUdp],
  ['dns_none', ({ dnsUdp }) => dnsUdp],
  ['dns_txt', ({ dnsUdp }) => dnsUdp],
  ['dns_aaaa', ({ dnsUdp }) => dnsUdp],
  ['dns_no_records', ({ dnsUdp }) => dnsUdp],
  ['dns_authority', ({ dnsUdp }) => dnsUdp],
  ['dns_mute', ({ dnsUdp }) => dnsUdp],
];

/** What differs from one run to the next, or counts what two clients do differently. */
const VARYING = /_duration_seconds|lookup_time/;

describe.skipIf(RIVAL === undefined)('a probe beside blackbox_exporter', () => {
  let targets: Targets;
  let rival: ChildProcess;
  let rivalUrl = '';
  const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], log: silentLogger, handler: (...both) => handler(...both) });
  let handler: ReturnType<typeof probeHandler> = () => {};
  let ownUrl = '';

  beforeAll(async () => {
    targets = await startTargets();
    const yaml = modulesFor(targets.caFile);
    const file = targets.caFile.replace(/crt$/, 'blackbox.yml');
    writeFileSync(file, yaml);
    handler = probeHandler(() => parseProbeConfig(yaml, 'blackbox.yml'), silentLogger);
    [ownUrl] = await server.start();
    const address = `127.0.0.1:${await freePort()}`;
    rival = spawn(RIVAL ?? '', [`--config.file=${file}`, `--web.listen-address=${address}`], { stdio: 'ignore' });
    rivalUrl = `http://${address}/`;
    await vi.waitFor(() => fetch(rivalUrl), { timeout: 10_000, interval: 50 });
  }, 30_000);
  afterAll(async () => {
    rival.kill('SIGKILL');
    await server.close();
    targets.close();
  });

  it.each(CASES.map(([module, target], index) => [index, module, target] as const))('%i %s: gives the same', async (_, module, target) => {
    const query = `probe?${String(new URLSearchParams({ module, target: target(targets) }))}`;
    const [own, other] = await Promise.all([ownUrl, rivalUrl].map(async (url) => (await fetch(url + query)).text()));
    const [ours, theirs] = [readText(own), readText(other)];
    expect([...ours.types].filter(([name]) => !NEWER_FAMILIES.has(name))).toEqual([...theirs.types]);
    expect([...ours.values.keys()].filter(keptName)).toEqual([...theirs.values.keys()]);
    const differing = [...theirs.values].filter(([series, value]) => !VARYING.test(series) && ours.values.get(series) !== value);
    expect(differing.map(([series, value]) => `${series}: theirs ${value}, ours ${ours.values.get(series)}`)).toEqual([]);
  });
});

const keptName = (series: string): boolean => !NEWER_FAMILIES.has(series.replace(/\{.*/, ''));

/** Types by family; values by series with sorted labels, without those that are newer. */
function readText(text: string) {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.trim().split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    const sample = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (type !== null) types.set(type[1], type[2]);
    if (sample === null) continue;
    const labels = [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      .filter(([, name]) => !NEWER_LABELS.has(name))
      .map(([pair]) => pair);
    values.set(`${sample[1]}${labels.length === 0 ? '' : `{${labels.sort().join(',')}}`}`, Number(sample[3]));
  }
  return { types, values: new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
