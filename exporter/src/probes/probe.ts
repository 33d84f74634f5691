import { createLogger, errorText, type Logger } from '@presage/service/log.ts';
import { probeDns } from './dns.ts';
import { Ending } from './ending.ts';
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
  /** Its end ends the probe early, as a failure; one for each probe. */
  readonly ending?: Ending;
}

/** What came of a probe. `success` stands in the readings too. */
export interface ProbeResult {
  readonly success: boolean;
  readonly readings: Readings;
}

/** Runs one probe. Never rejects, and never takes longer than its timeout: what is measured by then counts, and it has failed. */
export async function runProbe({ target, moduleName, module, timeout, log, ending = new Ending() }: ProbeRequest): Promise<ProbeResult> {
  const readings = new Readings();
  const own = log.with({ module: moduleName, target });
  own.debug('probe begins', { prober: module.prober, timeout_seconds: timeout });
  const begun = performance.now();
  const success = await within(timeout, dispatch(module, target, { readings, log: own, ending }), ending, own);
  const duration = (performance.now() - begun) / 1000;
  readings.set('probe_duration_seconds', duration);
  readings.set('probe_success', success ? 1 : 0);
  readings.freeze();
  for (const failure of ending.end()) own.warn('probe not closed in full', { err: errorText(failure) });
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

function within(seconds: number, work: Promise<boolean>, ending: Ending, log: Logger): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      log.debug('the timeout has passed', { timeout_seconds: seconds });
      ending.end();
    }, seconds * 1000);
    const finish = (success: boolean) => {
      clearTimeout(timer);
      resolve(success);
    };
    ending.onEnd(() => finish(false));
    work.then(finish, (error: unknown) => {
      log.debug('the probe could not be finished', { err: errorText(error) });
      finish(false);
    });
  });
}

/** A logger that keeps its lines, for `debug=true`. */
export function keptLog(): { readonly log: Logger; lines(): string } {
  let text = '';
  return { log: createLogger({ level: 'debug', format: 'logfmt', write: (line) => (text += line) }), lines: () => text };
}
