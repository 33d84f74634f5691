import { hashSync } from 'bcryptjs';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCertificates } from '../../service/src/web/certificates.fixture.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { startPrometheus, startSidecar } from './started-parts.ts';
import { serve, type StartedProgram, type TestServer, until } from './started-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-secured-'));
const at = (name: string) => join(folder, name);
let target: TestServer;
let prometheus: StartedProgram;
let sidecar: StartedProgram;

beforeAll(async () => {
  makeCertificates(folder);
  target = await serve((_, __, response) => void response.end(`m ${50 + (Date.now() % 7)}\n`));
  const ports = await choosePorts({ sidecar: 0, prometheus: 0 });
  writeFileSync(at('password'), 'open sesame');
  writeFileSync(at('token'), 'c0ffee00c0ffee00c0ffee00');
  writeFileSync(
    at('web.yml'),
    `tls_server_config: { cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert }
basic_auth_users: { prometheus: ${hashSync('open sesame', 4)}, stranger: ${hashSync('let me in', 4)} }
`,
  );
  writeFileSync(at('prometheus.yml'), prometheusFile(target.address, ports.sidecar));
  writeFileSync(
    at('presage.yml'),
    `prometheus: { url: "http://127.0.0.1:${ports.prometheus}" }
api: { roles: { prometheus: write }, others: none, tokens: [{ name: ci, token_file: ${at('token')}, role: admin }] }
watches:
  - { name: m, expr: m, step: 1s, resolution: 1s, history: 10m, horizon: 5m, refit: 30s, delay: 1s, forecaster: seasonal-naive }
`,
  );
  prometheus = await startPrometheus(folder, { port: ports.prometheus });
  sidecar = await startSidecar(folder, {
    port: ports.sidecar,
    flags: [`--web.config.file=${at('web.yml')}`],
    ready: async () => (await ask('/-/healthy', 'prometheus:open sesame')) === 200,
  });
});

afterAll(async () => {
  await Promise.all([sidecar, prometheus].map((program) => program?.stop('SIGKILL')));
  await target?.close();
  rmSync(folder, { recursive: true });
});

it('Prometheus scrapes, remote-writes and remote-reads with a client certificate and a password, and nobody else gets in', async () => {
  const value = async (query: string): Promise<number> => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
    return Number(/"value":\[[\d.]+,"([^"]+)"\]/.exec(await answer.text())?.[1] ?? NaN);
  };
  await until(async () => (await value('up{job="presage"}')) === 1, 60, 'the scrape');
  await until(async () => (await value('presage_received_samples_total{result="accepted"}')) > 0, 60, 'the remote write');
  await until(async () => (await value('count(presage_forecast offset -30s)')) > 0, 60, 'the remote read');

  await expect(ask('/metrics', 'prometheus:open sesame', { cert: undefined, key: undefined })).rejects.toThrow(
    /hang up|ECONNRESET|EPIPE|alert|disconnected/i,
  );
  const stranger = { cert: readFileSync(at('stranger.crt')), key: readFileSync(at('stranger.key')) };
  await expect(ask('/metrics', 'prometheus:open sesame', stranger)).rejects.toThrow(/hang up|ECONNRESET|EPIPE|alert|disconnected/i);
  expect(await ask('/metrics', 'prometheus:wrong')).toBe(401);
  expect(await ask('/metrics', 'stranger:let me in')).toBe(403);
  expect(await ask('/-/reload', 'prometheus:open sesame', { method: 'POST' })).toBe(403);
  const bearer = { method: 'POST', headers: { authorization: 'Bearer c0ffee00c0ffee00c0ffee00' } };
  expect(await ask('/-/reload', '', bearer)).toBe(200);
  expect(await ask('/-/reload', '', { ...bearer, headers: { authorization: 'Bearer c0ffee00c0ffee00c0ffee01' } })).toBe(401);
});

/** Status of an answer of the sidecar to the client of the certificate that is known. */
function ask(path: string, auth: string, more: object = {}): Promise<number> {
  const own = { cert: readFileSync(at('client.crt')), key: readFileSync(at('client.key')), ca: readFileSync(at('ca.crt')) };
  const port = /127\.0\.0\.1:(\d+)\/api\/v1\/write/.exec(readFileSync(at('prometheus.yml'), 'utf8'))?.[1];
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, agent: false, ...own, ...(auth === '' ? {} : { auth }), ...more };
    const asked = request(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end();
  });
}

function prometheusFile(scraped: string, port: number): string {
  const secured = `basic_auth: { username: prometheus, password_file: ${at('password')} }, tls_config: { ca_file: ${at('ca.crt')}, cert_file: ${at('client.crt')}, key_file: ${at('client.key')} }`;
  return `
global: { scrape_interval: 500ms, scrape_timeout: 500ms }
scrape_configs:
  - { job_name: target, static_configs: [{ targets: ['${scraped}'] }] }
  - { job_name: presage, scheme: https, honor_labels: true, ${secured}, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }
remote_write:
  - { url: 'https://127.0.0.1:${port}/api/v1/write', ${secured}, queue_config: { batch_send_deadline: 200ms }, metadata_config: { send: false } }
remote_read:
  - { url: 'https://127.0.0.1:${port}/api/v1/read', ${secured}, read_recent: true, required_matchers: { __name__: presage_forecast } }
`;
}
