import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeWriteBody } from '../../ml-sidecar/src/prometheus/write-encoder.ts';
import type { SoakStack } from './stack.ts';

/** Something that goes wrong for a while and is over when `strike` resolves. */
export interface Disturbance {
  readonly name: string;
  /** Whether samples come late for it. */
  readonly delays?: true;
  readonly strike: (stack: SoakStack, random: () => number) => Promise<void>;
}

const signalled =
  (part: 'exporter' | 'prometheus', seconds: number): Disturbance['strike'] =>
  async (stack) => {
    const { pid } = stack.process(part);
    process.kill(pid, 'SIGSTOP');
    await sleep(seconds * 1000);
    process.kill(pid, 'SIGCONT');
  };

const post = async (stack: SoakStack, body: Uint8Array | string): Promise<void> => {
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
  const answer = await fetch(`${stack.url('sidecar')}/api/v1/write`, { method: 'POST', body, headers });
  await answer.text();
};

/** What is sprinkled over a soak; the processes under watch live on, so that their memory is that of one life. */
export const disturbances: readonly Disturbance[] = [
  { name: 'Prometheus killed', delays: true, strike: (stack) => stack.restart('prometheus') },
  { name: 'Alertmanager killed', strike: (stack) => stack.restart('alertmanager') },
  { name: 'Prometheus stopped for 10 s', delays: true, strike: signalled('prometheus', 10) },
  { name: 'exporter stopped for 8 s', delays: true, strike: signalled('exporter', 8) },
  {
    name: 'rubbish on every path of the sidecar',
    async strike(stack, random) {
      for (let i = 0; i < 200; i++) {
        const rubbish = Buffer.from(Array.from({ length: 500 }, () => Math.floor(random() * 256)));
        await post(stack, rubbish);
        const asked = ['series?match[]={', 'chart?watch=none', 'read', 'anomalies?limit=-1'][i % 4];
        await (await fetch(`${stack.url('sidecar')}/api/v1/${asked}`)).text();
      }
    },
  },
  {
    // As of pods that come and go: Prometheus says of each series that it has ended.
    name: '1,000 series more than there may be for 20 s',
    async strike(stack, random) {
      const run = Math.floor(random() * 1e9);
      const send = (value: number | 'stale'): Promise<void> => {
        const samples = [{ timeMs: Date.now(), value }];
        const labels = (i: number) => ({ __name__: 'soak_value', series: `pod-${run}-${i}` });
        return post(stack, encodeWriteBody(Array.from({ length: 1000 }, (_, i) => ({ labels: labels(i), samples }))));
      };
      await send(1);
      await sleep(20_000);
      await send('stale');
    },
  },
  {
    name: 'no space for files for 70 s',
    async strike(stack) {
      const limit = (size: string) =>
        execFileSync('prlimit', [`--pid=${stack.process('sidecar').pid}`, `--fsize=${size}:unlimited`], { stdio: 'ignore' });
      limit('0');
      await sleep(70_000);
      limit('unlimited');
    },
  },
];
