import { setMaxListeners } from 'node:events';
import { createLogger, errorText, type Logger } from '@presage/service/log.ts';
import { probeDns } from './dns.ts';
import { probeHttp } from './http.ts';
import { probeIcmp } from './icmp.ts';
import type { Module } from './modules.ts';
import type { ProbeContext } from './prober.ts';
import { Readings } from './readings.ts';
import { probeTcp } from './tcp.ts';

/** One probe to run. */
export interface ProbeRequest {
  readonly target: string;
  readonly moduleName: string;
  readonly module: Module;
  /** Seconds until it is given up. */
  readonly timeout: number;
  readonly log: Logger;
  /** Ends the probe early, as a failure. */
  readonly signal?: AbortSignal;
}

/** What came of a probe. `success` stands in the readings too. */
export interface ProbeResult {
  readonly success: boolean;
  readonly readings: Readings;
}

/** Runs one probe. Never rejects, and never takes longer than its timeout: what is measured by then counts, and it has failed. */
export async function runProbe({ target, moduleName, module, timeout, log, signal }: ProbeRequest): Promise<ProbeResult> {
  const readings = new Readings();
  const abort = new AbortController();
  // Each connection of a chain of redirects listens until it has closed.
  setMaxListeners(0, abort.signal);
  const end = () => abort.abort();
  signal?.addEventListener('abort', end, { once: true });
  const own = log.with({ module: moduleName, target });
  own.debug('probe begins', { prober: module.prober, timeout_seconds: timeout });
  const begun = performance.now();
  const success = await within(timeout, abort, () => dispatch(module, target, { readings, log: own, signal: abort.signal }), own);
  const duration = (performance.now() - begun) / 1000;
  readings.set('probe_duration_seconds', duration);
  readings.set('probe_success', success ? 1 : 0);
  readings.freeze();
  abort.abort();
  signal?.removeEventListener('abort', end);
  own.debug(success ? 'probe succeeded' : 'probe failed', { duration_seconds: duration });
  return { success, readings };
}

function dispatch(module: Module, target: string, context: ProbeContext): Promise<boolean> {
  if (module.prober === 'http') return probeHttp(target, module.settings, context);
  if (module.prober === 'tcp') return probeTcp(target, module.settings, context);
  if (module.prober === 'icmp') return probeIcmp(target, module.settings, context);
  if (module.prober === 'dns') return probeDns(target, module.settings, context);
  return Promise.reject(new Error('prober grpc: cannot be probed by this exporter, want http, tcp, icmp or dns'));
}

function within(seconds: number, abort: AbortController, work: () => Promise<boolean>, log: Logger): Promise<boolean> {
  const timer = setTimeout(() => {
    log.debug('the timeout has passed', { timeout_seconds: seconds });
    abort.abort();
  }, seconds * 1000);
  const given = new Promise<boolean>((resolve) => abort.signal.addEventListener('abort', () => resolve(false), { once: true }));
  const done = work().catch((error: unknown) => {
    log.debug('the probe could not be finished', { err: errorText(error) });
    return false;
  });
  return Promise.race([done, given]).finally(() => clearTimeout(timer));
}

/** A logger that keeps its lines, for `debug=true`. */
export function keptLog(): { readonly log: Logger; lines(): string } {
  let text = '';
  return { log: createLogger({ level: 'debug', format: 'logfmt', write: (line) => (text += line) }), lines: () => text };
}
