import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overQueue } from '../../ml-sidecar/src/app/over-queue.ts';
import { createSelfMetrics } from '../../ml-sidecar/src/app/self-metrics.ts';
import { createTransports, readQueues } from '../../ml-sidecar/src/app/transports.ts';
import { createInProcess } from '../../ml-sidecar/src/fits/in-process.ts';
import { queueAddress } from '../../ml-sidecar/src/fleet/queue-address.ts';
import { queueValues } from '../../ml-sidecar/src/fleet/queue-values.fixture.ts';
import { createLogger } from '../../service/src/log.ts';
import { encodeWriteBody } from '../../ml-sidecar/src/prometheus/write-encoder.ts';
import { makeCertificates } from '../../service/src/web/certificates.fixture.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { startPrometheus, startRedis, startSidecar, startWorker } from './started-parts.ts';
import { type StartedProgram, until } from './started-program.ts';

// A Redis that speaks TLS alone, wants a certificate of its own authority and a password; for the queue of fits and for live samples.
const password = 'Very-Secret-42';
const folder = mkdtempSync(join(tmpdir(), 'presage-redis-tls-'));
const clock = (): number => performance.now() / 1000;
const at = (name: string): string => join(folder, name);
const started: StartedProgram[] = [];
let url: string;
let prometheus: StartedProgram;

beforeAll(async () => {
  makeCertificates(folder, 'ec');
  writeFileSync(at('password'), `${password}\n`);
  writeFileSync(at('prometheus.yml'), 'global: {}\n');
  const { tls } = await choosePorts({ tls: 0 });
  const certificates = ['--tls-cert-file', at('server.crt'), '--tls-key-file', at('server.key'), '--tls-ca-cert-file', at('ca.crt')];
  started.push(
    await startRedis(folder, {
      port: tls,
      // A later --port counts: no plain one.
      flags: ['--port', '0', '--tls-port', String(tls), ...certificates, '--requirepass', password],
    }),
  );
  url = `rediss://127.0.0.1:${tls}`;
  prometheus = await startPrometheus(folder);
  started.push(prometheus);
  writeConfiguration();
});

afterAll(async () => {
  await Promise.all(started.map((one) => one.stop('SIGKILL')));
  rmSync(folder, { recursive: true });
});

const own = { ca: 'ca.crt', cert: 'client.crt', key: 'client.key' };
type Certificates = Partial<typeof own>;

it('takes fits and live samples over TLS, with certificates of a private authority and a password from a file', async () => {
  const named = { queue: url, 'queue.password-file': at('password'), ...tlsFlags(own) };
  const flags = Object.entries(named).map(([flag, text]) => `--${flag}=${text}`);
  const worker = startWorker({ flags });
  const sidecar = await startSidecar(folder, { flags });
  started.push(sidecar, await worker);
  await sendSamples();
  await until(async () => /^presage_scored_samples_total\{watch="m"\} [1-9]/m.test(await metricsOf(sidecar)), 60, 'samples by Redis');
  await until(async () => /^presage_queue_workers 1$/m.test(await metricsOf(sidecar)), 60, 'a worker');
  expect(await metricsOf(sidecar)).toMatch(/^presage_queue_connected 1$/m);
});

it.each<{ what: string; certificates: Certificates; fault: RegExp }>([
  { what: 'another authority', certificates: { ...own, ca: 'stranger.crt' }, fault: /self-signed certificate in certificate chain/ },
  { what: 'an authority that Node does not know', certificates: { cert: own.cert, key: own.key }, fault: /self-signed certificate in/ },
])('does not go on with $what, and says why without the password', async ({ certificates, fault }) => {
  const controller = new AbortController();
  const said: string[] = [];
  const log = createLogger({ level: 'debug', format: 'logfmt', write: (line) => void said.push(line) });
  const paths = Object.fromEntries(Object.entries(certificates).map(([file, name]) => [file, at(name)]));
  const tls = { ca: '', cert: '', key: '', serverName: '', ...paths };
  const settings = { url, passwordFile: at('password'), tls, stream: 'refused', group: 'presage', consumer: 'a', claimSeconds: 60 };
  const [transport] = createTransports({
    queues: readQueues({ redis: settings }),
    receive: () => ({ status: 204, message: '' }),
    log,
    metrics: createSelfMetrics('test', 'test'),
    clock,
    sleep: (seconds) => sleep(seconds * 1000),
    signal: controller.signal,
  });
  const flags = { queue: url, 'queue.password-file': at('password'), ...tlsFlags(certificates) };
  const address = queueAddress(queueValues(flags), {})!;
  const executor = overQueue({ address, own: createInProcess(clock), log, metrics: createSelfMetrics('test', 'test'), clock });
  const running = transport.run();
  await until(() => said.some((line) => line.includes('queue cannot be read') && fault.test(line)), 60, 'a word on the live samples');
  await until(() => said.some((line) => line.includes('Redis is away') && fault.test(line)), 60, 'a word on the fits');
  controller.abort();
  await Promise.all([running, executor.close()]);
  expect(said.join('')).not.toContain(password);
});

async function metricsOf(program: StartedProgram): Promise<string> {
  return (await fetch(`${program.url}/metrics`)).text();
}

const tlsFlags = (certificates: Certificates) =>
  Object.fromEntries(Object.entries(certificates).map(([file, name]) => [`queue.tls-${file}-file`, at(name)]));

function writeConfiguration(): void {
  const files = Object.entries(own).map(([file, path]) => `${file}_file: ${at(path)}`);
  writeFileSync(
    at('presage.yml'),
    `
prometheus: { url: "${prometheus.url}" }
transports: { redis: { url: "${url}", consumer: a, password_file: ${at('password')}, tls_config: { ${files.join(', ')} } } }
watches:
  - { name: m, expr: m, step: 10s, resolution: 1s, history: 1h, horizon: 10m, refit: 1h, delay: 1s, forecaster: seasonal-naive }
`,
  );
}

async function sendSamples(): Promise<void> {
  const read = (name: string) => readFileSync(at(name), 'utf8');
  const sender = new Redis(url, { password, tls: { ca: read('ca.crt'), cert: read('client.crt'), key: read('client.key') } });
  const begin = Date.now();
  for (let i = 0; i < 20; i++) {
    const body = encodeWriteBody([{ labels: { __name__: 'm' }, samples: [{ timeMs: begin + 100 * i, value: i % 7 }] }]);
    await sender.xadd('presage', '*', 'body', Buffer.from(body));
  }
  sender.disconnect();
}
