import { bitsOf, encodeFrame, encodeXorChunk } from '../ml-sidecar/src/prometheus/xor-chunk.fixture.ts';

/** One week of one sample each five minutes, by series, as both ways of reading Prometheus give it. */
export interface ReadAnswers {
  readonly matrix: Uint8Array;
  readonly streamed: Uint8Array;
  readonly samples: number;
}

const points = 2016;
const start = 1_790_000_000;
const step = 300;

/** The same samples as the JSON of a range query and as the streamed chunks of a remote read. */
export function makeReadAnswers(series: number): ReadAnswers {
  const rows: string[] = [];
  const frames: Uint8Array[] = [];
  for (let i = 0; i < series; i++) {
    const labels = { __name__: 'node_load1', instance: `worker-${i}.example.net:9100`, job: 'node' };
    const values = Array.from(
      { length: points },
      (_, at) => Math.round((2 + Math.sin((at * 2 * Math.PI) / 288 + i) + ((at * 7919 + i) % 100) / 200) * 1e4) / 1e4,
    );
    const pairs = values.map((value, at) => `[${start + at * step},"${value}"]`);
    rows.push(`{"metric":${JSON.stringify(labels)},"values":[${pairs.join(',')}]}`);
    const chunks: Uint8Array[] = [];
    for (let from = 0; from < points; from += 120)
      chunks.push(
        encodeXorChunk(values.slice(from, from + 120).map((value, at) => [(start + (from + at) * step) * 1000, bitsOf(value)] as const)),
      );
    frames.push(encodeFrame(labels, chunks));
  }
  const matrix = `{"status":"success","data":{"resultType":"matrix","result":[${rows.join(',')}]}}`;
  return { matrix: Buffer.from(matrix), streamed: Buffer.concat(frames), samples: series * points };
}
