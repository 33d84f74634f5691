import { createLogger, silentLogger } from '@presage/service/log.ts';
import { createWebServer } from '@presage/service/web.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeSinks } from '../scrape/exposition.ts';
import { Sink } from '../scrape/sink.ts';
import { probeHandler, probeTimeout } from './handler.ts';
import { parseProbeConfig } from './modules.ts';
import { startStaticProbes } from './static-probes.ts';
import { startTargets, type Targets } from './targets.fixture.ts';

const YAML = `
modules:
  http_2xx: { prober: http }
  wait: { prober: tcp, tcp: { query_response: [{ expect: never }] } }
  secret: { prober: http, http: { basic_auth: { username: me, password: hunter2 }, headers: { X-Api-Key: hunter2 }, body: hunter1 } }
  host: { prober: http, http: { fail_if_body_not_matches_regexp: [" asked.test "] } }
  hosted: { prober: http, http: { headers: { host: own.test } } }
  tcp_tls: { prober: tcp, tcp: { tls: true, tls_config: { ca_file: CA } } }
  labels: { prober: tcp, tcp: { query_response: [{ expect: "^220 (?P<what>\\\\w+) (ready)", labels: [{ name: service, value: "\${what}" }, { name: state, value: "$2!" }] }] } }
  grpc: { prober: grpc }
`;

let targets: Targets;
let url = '';
const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], log: silentLogger, handler: (...both) => handler(...both) });
let handler: ReturnType<typeof probeHandler> = () => {};
beforeAll(async () => {
  targets = await startTargets();
  const config = parseProbeConfig(YAML.replace('CA', targets.caFile), 'p.yml');
  handler = probeHandler(() => config, silentLogger);
  [url] = await server.start();
});
afterAll(async () => {
  await server.close();
  targets.close();
});

const probe = async (query: Record<string, string>, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${url}probe?${String(new URLSearchParams(query))}`, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

describe('/probe', () => {
  it.each<[Record<string, string>, Record<string, string>, string]>([
    [{ target: 'a', module: 'nope' }, {}, 'Unknown module "nope"\n'],
    [{ module: 'http_2xx' }, {}, 'Target parameter is missing\n'],
    [
      { target: 'a', module: 'grpc' },
      {},
      'Module "grpc": got the prober grpc, want http, tcp, icmp or dns: gRPC health checks are not supported yet, so leave them to blackbox_exporter\n',
    ],
    [{ target: 'a' }, { 'X-Prometheus-Scrape-Timeout-Seconds': 'soon' }, 'X-Prometheus-Scrape-Timeout-Seconds is no number of seconds\n'],
    [{ target: 'a', module: 'hosted', hostname: 'b' }, {}, "The module's Host header is own.test, the request's hostname b\n"],
  ])('refuses %j with %j', async (query, headers, text) => {
    expect(await probe(query, headers)).toMatchObject({ status: 400, text });
  });

  it('probes by http_2xx where no module is named', async () => {
    const { text, type } = await probe({ target: targets.http });
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('\nprobe_success 1\n');
    expect(text).toContain('\nprobe_http_status_code 200\n');
  });

  it('answers half a second before Prometheus gives up, with probe_success 0', async () => {
    const begun = performance.now();
    const { text } = await probe({ target: targets.silent, module: 'wait' }, { 'X-Prometheus-Scrape-Timeout-Seconds': '3' });
    expect(performance.now() - begun).toBeGreaterThan(2400);
    expect(text).toContain('\nprobe_success 0\n');
    expect(text).toMatch(/\nprobe_duration_seconds 2\.[4-9]/);
  });

  it.each<[string | undefined, number, number | undefined]>([
    [undefined, 0, 119.5],
    ['', 0, 119.5],
    ['10', 0, 9.5],
    ['10', 5, 5],
    ['10', 30, 9.5],
    ['0.3', 0, 0.15],
    ['0.3', 5, 5],
    ['-1', 5, undefined],
    ['x', 5, undefined],
  ])('with a scrape timeout of %j and a module timeout of %d takes %d seconds', (header, ofModule, wanted) => {
    expect(probeTimeout(header, ofModule)).toBe(wanted);
  });

  it('shows log, metrics and module for debug=true, and no secret', async () => {
    const { text } = await probe({ target: `${targets.http}/echo`, module: 'secret', debug: 'true' });
    for (const part of [
      'Log of the probe:',
      'msg="target resolved"',
      'probe_success 1',
      'prober: http',
      'password: <secret>',
      'X-Api-Key: <secret>',
      'body: hunter1',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('hunter2');
  });

  it('sends the hostname of the request as Host, and verifies by it over TCP', async () => {
    expect((await probe({ target: `${targets.http}/echo`, module: 'host', hostname: 'asked.test' })).text).toContain('\nprobe_success 1\n');
    expect((await probe({ target: targets.tls, module: 'tcp_tls', hostname: 'b.test' })).text).toContain('\nprobe_success 1\n');
    expect((await probe({ target: targets.tls, module: 'tcp_tls', hostname: 'c.test' })).text).toContain('\nprobe_success 0\n');
  });

  it('gives what a line held as labels', async () => {
    expect((await probe({ target: targets.mail, module: 'labels' })).text).toContain(
      '\nprobe_expect_info{service="mail",state="ready!"} 1\n',
    );
  });

  it('ends a probe whose client has gone', async () => {
    const gone = new AbortController();
    const asked = fetch(`${url}probe?module=wait&target=${targets.silent}`, { signal: gone.signal }).catch(() => 'gone');
    setTimeout(() => gone.abort(), 50);
    expect(await asked).toBe('gone');
    await expect.poll(async () => (await probe({ target: targets.http })).status).toBe(200);
  });
});

describe('static probes', () => {
  const textOf = (probes: { write(sink: Sink): void }) => {
    const sink = new Sink();
    probes.write(sink);
    return writeSinks([sink]);
  };

  it('stand in /metrics with the labels probe, target and module, and follow the configuration', async () => {
    const yaml = (list: string) => parseProbeConfig(`${YAML}\nprobes: [${list}]`, 'p.yml');
    const first = `{ name: web, target: "${targets.http}", module: http_2xx }`;
    const second = `{ target: "${targets.closed}", module: http_2xx, interval: 1s }`;
    let config = yaml(`${first}, ${second}`);
    const lines: string[] = [];
    const probes = startStaticProbes(() => config, createLogger({ level: 'warn', format: 'logfmt', write: (line) => lines.push(line) }));
    const labels = (name: string, target: string) => `probe="${name}",target="${target}",module="http_2xx"`;
    await vi.waitFor(() => {
      const { text, duplicates } = textOf(probes);
      expect(text).toContain(`probe_success{${labels('web', targets.http)}} 1\n`);
      expect(text).toContain(`probe_success{${labels(targets.closed, targets.closed)}} 0\n`);
      expect(text).toContain(`probe_http_duration_seconds{${labels('web', targets.http)},phase="connect"} `);
      expect(text).toMatch(/presage_probe_last_run_timestamp_seconds\{[^}]*\} 1\.?\d{9}/);
      expect(duplicates).toBe(0);
    }, 15_000);
    expect(lines).toEqual([expect.stringContaining('msg="probe fails"')]);
    config = yaml(first);
    await expect.poll(() => textOf(probes).text).not.toContain(targets.closed);
    probes.close();
  });

  it('say nothing before the first result, and end with close()', async () => {
    const config = parseProbeConfig(`${YAML}\nprobes: [{ target: "${targets.silent}", module: wait, interval: 1h }]`, 'p.yml');
    const probes = startStaticProbes(() => config, silentLogger);
    expect(textOf(probes).text).toBe('');
    probes.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(textOf(probes).text).toBe('');
  });
});
