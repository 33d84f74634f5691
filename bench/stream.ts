import protobuf from 'protobufjs';
import { uncompress } from 'snappyjs';
import { createChunkedReader } from '../ml-sidecar/src/prometheus/chunked-response.ts';
import { parseMatrixAnswer } from '../ml-sidecar/src/prometheus/matrix-answer.ts';
import { createWriteReceiver, type WriteReceiver } from '../ml-sidecar/src/prometheus/remote-write.ts';
import { atMost, type Bench, type BenchRow, shown } from './bench.ts';
import { interleaved, rate } from './interleave.ts';
import { makeReadAnswers } from './read-answers.ts';
import { latencyRows } from './scrape-latency.ts';
import { scoringRows, WARM_UP } from './live-scoring.ts';
import { makeWriteBodies } from './write-bodies.ts';

const ROUNDS = 9;
const START = 1_790_000_000;
const STEP = 15;
const MANY = 10_000;
const FEW = 1000;

/** Live samples in and history read back, against the usual libraries, and with the default detector behind it. */
export const stream: Bench = {
  name: 'stream',
  async run(say) {
    say(`median processor time of ${ROUNDS} interleaved rounds, garbage collection included`);
    const rows = [...decodeRows(), ...readRows()];
    say(`warming ${MANY} and ${FEW} series with ${WARM_UP} values each`);
    rows.push(...(await scoringRows(FEW)), ...(await scoringRows(MANY)));
    say('a real Prometheus scrapes and sends for half a minute');
    return [...rows, ...(await latencyRows())];
  },
};

const writeRequest = protobuf
  .parse(
    `syntax = "proto3";
     message WriteRequest { repeated TimeSeries timeseries = 1; }
     message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
     message Label { string name = 1; string value = 2; }
     message Sample { double value = 1; int64 timestamp = 2; }`,
  )
  .root.lookupType('WriteRequest');

function decodeRows(): readonly BenchRow[] {
  const { bodies, samples } = makeWriteBodies(MANY, 7, START, STEP);
  // A receiver that knows the series but none of the samples, as one that has been up for a while.
  let receiver: WriteReceiver;
  const renew = (): void => {
    receiver = receiverOf();
    bodies.slice(0, MANY / 2000).forEach((body) => post(receiver, body));
    drain(receiver);
  };
  const live = bodies.slice(MANY / 2000);
  const theirs = (): void => live.forEach((body) => writeRequest.decode(uncompress(body)));
  const ours = (): void => live.forEach((body) => post(receiver, body));
  const [rival, own] = interleaved(ROUNDS, [theirs, ours], renew);
  const count = samples - MANY;
  return [
    shown('snappyjs + protobufjs: decode', rate(count, rival)),
    shown('Presage: decode, find the series, drop duplicates, queue', rate(count, own)),
    atMost('processor time, Presage / snappyjs + protobufjs', own / rival, 1 / 8, '×', 3),
  ];
}

function readRows(): readonly BenchRow[] {
  const { matrix, streamed, samples } = makeReadAnswers(100);
  const json = (): void => void parseByJson(matrix);
  const bytes = (): void => void parseMatrixAnswer(matrix);
  const chunks = (): void => {
    const reader = createChunkedReader({ maxFrameBytes: 2 ** 20, maxSamples: samples, start: 0, end: Infinity });
    for (let at = 0; at < streamed.length; at += 65_536) reader.push(streamed.subarray(at, at + 65_536));
    reader.finish();
  };
  const [byJson, byBytes, byChunks] = interleaved(ROUNDS, [json, bytes, chunks]);
  return [
    shown('range query by JSON.parse', rate(samples, byJson)),
    atMost('range query from its bytes / by JSON.parse', byBytes / byJson, 1 / 2, '×'),
    atMost('streamed remote read / range query by JSON.parse', byChunks / byJson, 1 / 3, '×'),
  ];
}

function receiverOf(): WriteReceiver {
  let series = 0;
  const limits = { samplesPerSecond: 1e12, burstSamples: 1e12, maxQueuedSamples: 1e9 };
  return createWriteReceiver({ accept: () => ({ id: series++, tolerance: STEP }), now: () => START * 2, seed: 1, limits });
}

function post(receiver: WriteReceiver, body: Uint8Array): void {
  const { status, message } = receiver.receive({ body, contentType: 'application/x-protobuf', contentEncoding: 'snappy', sender: 'bench' });
  if (status !== 204) throw new Error(`receiver: ${status} ${message}`);
}

function drain(receiver: WriteReceiver): void {
  while (receiver.take());
}

interface JsonMatrix {
  readonly data: { readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[] };
}

/** What a program does that takes the answer as JSON. */
function parseByJson(body: Uint8Array): readonly (readonly [Float64Array, Float64Array])[] {
  const answer: JsonMatrix = JSON.parse(new TextDecoder().decode(body));
  return answer.data.result.map(({ values }) => [
    Float64Array.from(values, ([time]) => time),
    Float64Array.from(values, ([, value]) => Number(value)),
  ]);
}
