import { encodeWriteBody } from '../ml-sidecar/src/prometheus/write-encoder.ts';

/** Bodies of remote write as Prometheus sends them, some 200 bytes and one sample a series, in the order of one scrape after another. */
export interface WriteBodies {
  readonly bodies: readonly Uint8Array[];
  readonly samples: number;
  readonly series: number;
}

const samplesPerBody = 2000;

/** `scrapes` scrapes of `series` series with the names and labels of a Kubernetes host, every `step` seconds from `start` (Unix seconds). */
export function makeWriteBodies(series: number, scrapes: number, start: number, step: number): WriteBodies {
  const bodies: Uint8Array[] = [];
  const total = series * scrapes;
  for (let first = 0; first < total; first += samplesPerBody) {
    const length = Math.min(samplesPerBody, total - first);
    bodies.push(
      encodeWriteBody(
        Array.from({ length }, (_, i) => {
          const at = (first + i) % series;
          const scrape = Math.floor((first + i) / series);
          // Each host is scraped at its own moment of the step.
          const timeMs = Math.round((start + scrape * step) * 1000) + ((Math.floor(at / 500) * 137) % (step * 1000));
          return { labels: labelsOf(at), samples: [{ timeMs, value: valueOf(at, scrape) }] };
        }),
      ),
    );
  }
  return { bodies, samples: total, series };
}

const names = [
  'node_cpu_seconds_total',
  'container_memory_working_set_bytes',
  'node_filesystem_avail_bytes',
  'http_request_duration_seconds_bucket',
  'kube_pod_status_ready',
];

/** In the order of a scrape: 500 series of one target, of which 20 in a row have one name and differ in two labels. */
function labelsOf(at: number): Record<string, string> {
  const host = Math.floor(at / 500);
  return {
    __name__: names[Math.floor(at / 20) % names.length],
    cluster: 'eu-west-1',
    device: `volume-${Math.floor(at / 4) % 125}`,
    instance: `10.2.${host}.17:9100`,
    job: 'kubernetes-nodes',
    mode: ['idle', 'user', 'system', 'iowait'][at % 4],
    namespace: `team-${host % 7}`,
    pod: `service-${host % 37}-7d9f8c6b5-${(host * 7919).toString(36)}`,
  };
}

/** A daily season with noise in some, a counter in others, a constant in a few: what values of real hosts look like in bits. */
function valueOf(at: number, scrape: number): number {
  if (at % 10 === 0) return at % 3;
  if (at % 5 === 0) return Math.floor((at + 1) * scrape * 13.7);
  return 50 + 30 * Math.sin((scrape + at) / 40) + ((at * 31 + scrape * 17) % 101) / 10;
}
