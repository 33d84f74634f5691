import { ConfigurationError } from '@presage/service/decode.ts';
import { readFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInProbeConfig, parseProbeConfig } from './modules.ts';

const http = (settings: string) => `modules:\n  m:\n    prober: http\n    http:\n      ${settings}\n`;
const dns = (settings: string) => `modules:\n  m:\n    prober: dns\n    dns:\n      ${settings}\n`;

describe('parseProbeConfig', () => {
  it.each<[string, string, string]>([
    ['no YAML', 'modules: [', 'p.yml:1: Flow sequence'],
    ['an unknown key', 'module: {}\n', 'p.yml:1: module: got an unknown key, want modules, if that was meant'],
    ['no prober', 'modules:\n  m: {}\n', 'p.yml:2: modules.m.prober: got nothing, want one of http, tcp, icmp, dns, grpc'],
    ['an unknown prober', 'modules:\n  m:\n    prober: htpp\n', 'p.yml:3: modules.m.prober: got "htpp", want one of http'],
    [
      'a timeout without unit',
      'modules:\n  m:\n    prober: tcp\n    timeout: 5\n',
      'p.yml:4: modules.m.timeout: got 5, want a duration such as 5s',
    ],
    [
      'a key of another prober',
      http('query_name: a'),
      'p.yml:5: modules.m.http.query_name: got an unknown key, want one of preferred_ip_protocol',
    ],
    [
      'a mistyped key',
      http('valid_status_code: [200]'),
      'modules.m.http.valid_status_code: got an unknown key, want valid_status_codes, if that was meant',
    ],
    [
      'a status of two digits',
      http('valid_status_codes: [20]'),
      'modules.m.http.valid_status_codes[0]: got 20, want a whole number from 100 to 999',
    ],
    [
      'an expression that RE2 refuses',
      http('fail_if_body_matches_regexp: ["(?<=a)b"]'),
      'modules.m.http.fail_if_body_matches_regexp[0]: got "(?<=a)b"',
    ],
    ['an expression that does not close', http('fail_if_body_not_matches_regexp: ["("]'), "want a regular expression in RE2's syntax"],
    [
      'a header match without expression',
      http('fail_if_header_matches: [{ header: a }]'),
      'fail_if_header_matches[0].regexp: got nothing, want a regular expression',
    ],
    ['an unknown protocol', http('preferred_ip_protocol: ip5'), 'modules.m.http.preferred_ip_protocol: got "ip5", want one of ip6, ip4'],
    ['a method in small letters', http('method: post'), 'modules.m.http.method: got "post", want a method in capitals'],
    ['an unknown compression', http('compression: zip'), 'modules.m.http.compression: got "zip", want one of gzip, br'],
    ['a size without unit', http('body_size_limit: 5 apples'), 'modules.m.http.body_size_limit: got "5 apples", want a size such as 10MB'],
    [
      'a certificate without key',
      http('tls_config: { cert_file: a.crt }'),
      'modules.m.http.tls_config: got a certificate without its key, want both or neither',
    ],
    [
      'a source that is no address',
      'modules: { m: { prober: tcp, tcp: { source_ip_address: lo } } }',
      'modules.m.tcp.source_ip_address: got "lo", want an IP address',
    ],
    [
      'a payload too big',
      'modules: { m: { prober: icmp, icmp: { payload_size: 70000 } } }',
      'modules.m.icmp.payload_size: got 70000, want a whole number from 0 to 65507',
    ],
    ['no name to ask for', 'modules: { m: { prober: dns } }', 'modules.m.dns.query_name: got nothing, want a name to ask for'],
    [
      'an unknown record type',
      dns('{ query_name: a, query_type: B }'),
      'modules.m.dns.query_type: got "B", want a record type such as A or SOA',
    ],
    [
      'an unknown response code',
      dns('{ query_name: a, valid_rcodes: [OK] }'),
      'modules.m.dns.valid_rcodes[0]: got "OK", want a response code such as NXDOMAIN',
    ],
    [
      'DNS over TLS by UDP',
      dns('{ query_name: a, dns_over_tls: true }'),
      'modules.m.dns.transport_protocol: got "udp" beside dns_over_tls, want tcp',
    ],
    [
      'a static probe without target',
      'modules: { m: { prober: tcp } }\nprobes:\n  - module: m\n',
      'p.yml:3: probes[0].target: got nothing, want the address to probe',
    ],
    [
      'a static probe of an unknown module',
      'modules: { tcp_connect: { prober: tcp } }\nprobes: [{ target: "a:1", module: tcp_conect }]',
      'probes[0].module: got "tcp_conect", want one of modules, perhaps tcp_connect',
    ],
    [
      'two static probes of one name',
      'modules: { m: { prober: tcp } }\nprobes: [{ target: "a:1", module: m }, { name: "a:1", target: "b:1", module: m }]',
      'probes[1].name: got "a:1", want a name that no other probe has',
    ],
    [
      'a static probe that never rests',
      'modules: { m: { prober: tcp } }\nprobes: [{ target: "a:1", module: m, interval: 100ms }]',
      'probes[0].interval: got 0.1s, want at least 1s',
    ],
  ])('refuses %s', (_, yaml, fault) => {
    let faults: readonly string[] = ['none'];
    try {
      parseProbeConfig(yaml, 'p.yml');
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      faults = error.faults;
    }
    expect(faults[0]).toContain(fault);
  });

  it('never shows a secret', () => {
    expect(() => parseProbeConfig(http('{ basic_auth: { password: [hunter2] }, bearer_token: { a: hunter2 } }'), 'p.yml')).toThrow(
      /^(?!.*hunter2)/s,
    );
  });

  it('takes the built-in modules', () => {
    expect([...builtInProbeConfig().modules.keys()]).toEqual(['http_2xx', 'http_post_2xx', 'tcp_connect', 'icmp']);
  });

  it('takes modules of grpc without probing them, so that a file in use loads', () => {
    const { modules } = parseProbeConfig('modules: { g: { prober: grpc, grpc: { tls: true, service: a } } }', 'p.yml');
    expect(modules.get('g')).toEqual({ prober: 'grpc', timeout: 0 });
  });

  const files = ['/etc/prometheus/blackbox.yml', '/usr/share/doc/prometheus-blackbox-exporter/examples/example.yml'].filter((file) =>
    existsSync(file),
  );
  it.skipIf(files.length === 0)('takes the files that the Debian package of blackbox_exporter brings, but for the proxy', () => {
    for (const file of files) {
      const yaml = readFileSync(file, 'utf8').replace(/ *http_with_proxy:\n(?: {4,}.*\n)+/, '');
      expect(parseProbeConfig(yaml, file).modules.size).toBeGreaterThan(5);
    }
  });
});
