import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createKafkaBodies } from '../../ml-sidecar/src/prometheus/kafka-bodies.ts';
import type { WriteReply } from '../../ml-sidecar/src/prometheus/remote-write.ts';
import { findTestProgram } from '../../stack/src/binaries.ts';
import { testMachine } from '../contract/machine.ts';
import { until } from './started-program.ts';

// Debian has no Kafka. The broker here is the one that librdkafka brings for the tests of its own clients: it speaks Kafka's protocol
// over TCP, with partitions, groups and committed offsets, but keeps everything in memory and is one process.
let broker: ChildProcess;
let brokers: readonly string[] = [];
let producer: Producer;
const members: { readonly stop: () => Promise<void> }[] = [];

beforeAll(async () => {
  const program = await findTestProgram(testMachine(), 'kcat');
  broker = spawn(program.path, ['-P', '-t', 'none', '-b', 'none:1', '-X', 'test.mock.num.brokers=1', '-X', 'debug=mock'], {
    env: { ...process.env, ...program.environment },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  broker.stderr?.on('data', (piece: Buffer) => {
    said += piece.toString();
    const address = /bootstrap\.servers=(127\.0\.0\.1:\d+)/.exec(said)?.[1];
    if (address !== undefined) brokers = [address];
    said = said.slice(-4000);
  });
  await until(() => brokers.length > 0, 60, 'a broker');
  producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
});

afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.stop()));
});

afterAll(async () => {
  await producer.disconnect();
  broker.kill();
});

it('brings each body once, those sent before the start included, in the order of their key', async () => {
  await send('once', 0, 20);
  const member = joinGroup('once');
  await send('once', 20, 40);
  await until(() => member.taken.length >= 40, 60, '40 bodies');
  expect(member.wells()).toBeGreaterThan(0);
  expect([...member.taken].sort((a, b) => a - b)).toEqual(numbers(0, 40));
  for (const key of [0, 1, 2])
    expect(member.taken.filter((number) => number % 3 === key)).toEqual(numbers(0, 40).filter((number) => number % 3 === key));
});

it('waits while the receiver has no room, and drops what it refuses', async () => {
  const replies: WriteReply['status'][] = [503, 204, 503, 400];
  const member = joinGroup('full', () => replies.shift() ?? 204);
  await send('full', 0, 6, 'one key');
  await until(() => member.taken.length >= 5, 60, '5 bodies');
  expect(member.taken).toEqual([0, 2, 3, 4, 5]);
  expect(member.dropped).toEqual(['said no']);
});

it('goes on after a restart where it had stopped', async () => {
  const first = joinGroup('restart');
  await send('restart', 0, 10);
  await until(() => first.taken.length >= 10, 60, '10 bodies');
  await first.stop();
  await send('restart', 10, 20);
  const second = joinGroup('restart');
  await until(() => second.taken.length >= 10, 60, '10 more bodies');
  expect([...second.taken].sort((a, b) => a - b)).toEqual(numbers(10, 20));
});

it('goes on with a body that it was stopped on', async () => {
  const first = joinGroup('stopped', () => 503);
  await send('stopped', 0, 5);
  await until(() => first.asked() > 1, 60, 'a body that waits');
  await first.stop();
  const second = joinGroup('stopped');
  await until(() => second.taken.length >= 5, 60, '5 bodies');
  expect([...second.taken].sort((a, b) => a - b)).toEqual(numbers(0, 5));
});

it('says what is wrong with a broker that is not there, and ends when told to', async () => {
  const member = joinGroup('nowhere', () => 204, ['127.0.0.1:1']);
  await until(() => member.errors.length > 0, 60, 'a word on it');
  await member.stop();
  expect(member.errors[0]).toMatch(/^kafka: /);
});

function joinGroup(topic: string, statusOf: () => WriteReply['status'] = () => 204, at = brokers) {
  const controller = new AbortController();
  const taken: number[] = [];
  const dropped: string[] = [];
  const errors: string[] = [];
  let [asked, wells] = [0, 0];
  const receive = (body: Uint8Array): WriteReply => {
    asked += 1;
    const status = statusOf();
    if (status === 204) taken.push(Number(Buffer.from(body).toString()));
    return { status, message: status === 204 ? '' : 'said no' };
  };
  const transport = createKafkaBodies({
    brokers: at,
    topic,
    group: `presage-${topic}`,
    sessionSeconds: 6,
    receive,
    sleep: (seconds) => sleep(seconds * 1000),
    signal: controller.signal,
    onDrop: (message) => dropped.push(message),
    onError: (message) => errors.push(message),
    onWell: () => void (wells += 1),
  });
  const running = transport.run();
  const stop = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  members.push({ stop });
  return { taken, dropped, errors, stop, asked: () => asked, wells: () => wells };
}

/** Three keys in turn, or one. */
async function send(topic: string, from: number, to: number, key?: string): Promise<void> {
  for (const number of numbers(from, to))
    await producer.send({ topic, messages: [{ key: key ?? `key ${number % 3}`, value: String(number) }] });
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
