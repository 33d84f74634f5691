import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { detectorNamed } from '../ml-sidecar/src/detectors/index.ts';
import type { Scorer } from '../ml-sidecar/src/detectors/detector.ts';
import { createWriteReceiver } from '../ml-sidecar/src/prometheus/remote-write.ts';
import { startPrometheus } from '../test/end-to-end/started-parts.ts';
import { serve, type TestServer } from '../test/end-to-end/started-program.ts';
import { atMost, type BenchRow, quantileOf, shown } from './bench.ts';

const SERIES = 1000;
const SECONDS = 30;
/** The first scrapes find every series new. */
const WARM_UP_SECONDS = 8;
const BAR_SECONDS = 0.5;

/** From the scrape of a real Prometheus to the score: 1,000 series a second with the settings of docs/live-samples.md. */
export async function latencyRows(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'presage-latency-'));
  const delays: number[] = [];
  const sink = await startSink(delays);
  const target = await serve((_, __, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(exposition()),
  );
  writeFileSync(join(folder, 'prometheus.yml'), configuration(sink.url, target.address));
  const prometheus = await startPrometheus(folder);
  try {
    await sleep(WARM_UP_SECONDS * 1000);
    delays.length = 0;
    await sleep(SECONDS * 1000);
  } finally {
    await prometheus.stop();
    await Promise.all([sink.close(), target.close()]);
    rmSync(folder, { recursive: true });
  }
  if (delays.length < (SERIES * SECONDS) / 2) throw new Error(`${delays.length} samples came in ${SECONDS} s, want ${SERIES} a second`);
  return [
    shown(`scrape to score, ${SERIES} series a second, median`, `${quantileOf(delays, 0.5).toFixed(2)} s`),
    atMost('scrape to score, 99th percentile', quantileOf(delays, 0.99), BAR_SECONDS, ' s'),
  ];
}

function startSink(delays: number[]): Promise<TestServer> {
  const detector = detectorNamed('auto')!;
  const scorers: Scorer[] = [];
  const accept = (): { id: number; tolerance: number } => ({
    id: scorers.push(detector.start({ start: Date.now() / 1000, step: 1 })) - 1,
    tolerance: 1,
  });
  const receiver = createWriteReceiver({ accept, now: () => Date.now() / 1000, seed: 1 });
  return serve((request, body, response) => {
    const { 'content-type': contentType = '', 'content-encoding': contentEncoding = '' } = request.headers;
    response.writeHead(receiver.receive({ body, contentType, contentEncoding, sender: 'prometheus' }).status).end();
    for (let batch = receiver.take(); batch; batch = receiver.take()) {
      for (let i = 0; i < batch.ids.length; i++) {
        scorers[batch.ids[i]].score(batch.values[i]);
        scorers[batch.ids[i]].learn(batch.values[i]);
        delays.push(Date.now() / 1000 - batch.times[i]);
      }
    }
  });
}

function exposition(): string {
  const now = Date.now() / 1000;
  return Array.from({ length: SERIES }, (_, i) => `m{series="${i}"} ${Math.sin(now / 60 + i)}\n`).join('');
}

function configuration(sink: string, target: string): string {
  return `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: target
    static_configs: [{ targets: ['${target}'] }]
remote_write:
  - url: ${sink}/api/v1/write
    remote_timeout: 5s
    queue_config: { batch_send_deadline: 200ms, min_shards: 1, max_shards: 4, max_samples_per_send: 2000, capacity: 10000, max_backoff: 1s, retry_on_http_429: true }
    metadata_config: { send: false }
`;
}
