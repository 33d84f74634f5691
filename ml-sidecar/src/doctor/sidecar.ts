import type { Transport } from '../prometheus/transport.ts';
import { doubtful, right, wrong, type Finding } from './finding.ts';

/** What the sidecar itself says. */
export interface SidecarState {
  readonly findings: readonly Finding[];
  /** Live samples that it has taken since its start; nothing where it could not be asked. */
  readonly received: number | undefined;
}

/** Asks the sidecar whether it is there and ready. Rejects with a PrometheusError where it does not answer. */
export async function examineSidecar(sidecar: Transport, url: string): Promise<SidecarState> {
  const ready = await sidecar.request({ method: 'GET', path: '-/ready' });
  if (ready.status === 401 || ready.status === 403)
    return { findings: [wrong(`sidecar: got no access to ${url}, want --http.username and --http.password.file`)], received: undefined };
  const { status, body } = await sidecar.request({ method: 'GET', path: 'metrics' });
  const text = body.toString('utf8');
  if (status !== 200 || !text.includes('presage_build_info'))
    return { findings: [wrong(`sidecar: got something else at ${url}, want the address of a sidecar: --url`)], received: undefined };
  const received = valueOf(text, 'presage_received_samples_total{result="accepted"}');
  const failing = [...text.matchAll(/^presage_watch_up\{watch="([^"]*)"\} 0$/gm)].map((match) => match[1]);
  const findings = [
    ready.status === 200 ? right(`sidecar: ready at ${url}`) : doubtful(`sidecar: it answers at ${url} and still loads history`),
    ...failing.map((watch) => wrong(`sidecar: the watch ${watch} cannot be updated; the log says why`)),
  ];
  return { findings, received };
}

function valueOf(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}
