import { encodeWriteBody } from '../../ml-sidecar/src/prometheus/write-encoder.ts';
import { residentMiB } from './held.ts';
import type { FakeSeries } from './fake-prometheus.ts';
import type { PolledRig } from './polled-rig.ts';

/** Series of pods that each live for one look only: `count` new ones every second. */
export function podsOf(count: number): (time: number) => readonly FakeSeries[] {
  return (now) => {
    const second = Math.floor(now);
    return Array.from({ length: count }, (_, i) => ({
      labels: { __name__: 'p', pod: `pod-${second}-${i}` },
      at: (time) => (Math.abs(time - second) <= 2 ? 1 + (i % 7) : Number.NaN),
    }));
  };
}

const BODY = 2000;

/** Sends `count` series of one sample each by remote write under a name, none of which comes again. Gives the memory afterwards, MiB. */
export async function sendPods(rig: PolledRig, name: string, run: number, count: number): Promise<number> {
  for (let sent = 0; sent < count; sent += BODY) {
    const series = Array.from({ length: Math.min(BODY, count - sent) }, (_, i) => ({
      labels: { __name__: name, pod: `pod-${run}-${sent + i}`, namespace: `team-${i % 50}`, container: 'main' },
      samples: [{ timeMs: Date.now(), value: i % 11 }],
    }));
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    const answer = await fetch(`${rig.sidecar.url}/api/v1/write`, { method: 'POST', body: encodeWriteBody(series), headers });
    await answer.text();
    if (answer.status === 503) await new Promise((resolve) => setTimeout(resolve, 200));
    else if (answer.status !== 204) throw new Error(`write: got ${answer.status}, want 204`);
  }
  return residentMiB(rig.sidecar.pid);
}
