import { spawnSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { command, parseCommand, UsageError } from '@presage/service/command-line.ts';
import { durationFlag, intFlag, stringFlag, type FlagValues } from '@presage/service/flags.ts';
import { standBack } from '@presage/service/giving-way.ts';
import { createLogger, errorText, type Logger } from '@presage/service/log.ts';
import { logFlags } from '@presage/service/log-flags.ts';
import { webFlags, webListening } from '@presage/service/web.ts';
import packageFile from '../package.json' with { type: 'json' };
import { shardFlags, shardOf } from './app/shard-flag.ts';
import { runApp, type World } from './app/app.ts';
import { cardinalityOf, checkWatches } from './app/check.ts';
import { checkPlugins } from './app/plugins.ts';
import { evaluateAnomalyCommand, type EvaluateFiles } from './app/evaluate-anomaly.ts';
import { evaluateForecastCommand } from './app/evaluate-forecast.ts';
import { doctorCommand } from './app/doctor.ts';
import { explainCommand } from './app/explain.ts';
import { recommendCommand, type RecommendWorld } from './app/recommend-command.ts';
import { recommendScalingCommand } from './app/recommend-scaling-command.ts';
import { replayCommand } from './app/replay-command.ts';
import { endpointOf } from './app/prometheus-link.ts';
import { workerCommand } from './app/worker-command.ts';
import { readHolidays } from './app/holidays.ts';
import type { Configuration } from './configuration/configuration.ts';
import { formatFault, parseConfiguration } from './configuration/parse.ts';
import { detectors } from './detectors/index.ts';
import { queueAddress, queueFlags } from './fleet/queue-address.ts';
import { createThreads } from './fits/threads.ts';
import { forecasters } from './forecasters/index.ts';
import { plugins } from './plugins/index.ts';
import { createPrometheusClient, type PrometheusClient } from './prometheus/client.ts';
import { PrometheusError } from './prometheus/prometheus-error.ts';

const configFlag = {
  'config.file': stringFlag({ help: 'Path of the configuration file.', default: 'presage.yml' }),
} as const;

const fitFlags = {
  'fit.threads': intFlag({
    help: 'Threads that fit models; 0: one less than there are cores, at least one.',
    default: 0,
    min: 0,
    max: 256,
  }),
} as const;
const fitWorker = new URL('./fit.worker.js', import.meta.url);

const pluginWorker = new URL('./plugin.worker.js', import.meta.url);

const webHost = {
  environment: process.env,
  processId: process.pid,
  bcryptWorker: new URL('./bcrypt.worker.js', import.meta.url),
};

const evaluateFiles: EvaluateFiles = {
  read: (path) => readFileSync(path),
  open(path) {
    if (path === undefined) return { write: (text) => void process.stdout.write(text), close: () => undefined };
    const file = openSync(path, 'w');
    return { write: (text) => void writeSync(file, text), close: () => closeSync(file) };
  },
};

const program = {
  name: 'presage',
  version: packageFile.version,
  help: packageFile.description,
  commands: {
    run: command({
      help: 'Forecast and score what the configuration watches, and serve the result.',
      flags: {
        ...configFlag,
        ...webFlags('127.0.0.1:9867'),
        'storage.path': stringFlag({ help: 'Folder for the state of the watches.', default: './data' }),
        'storage.save-interval': durationFlag({ help: 'Time between two saves of a watch: what a crash costs in work.', default: 300 }),
        ...shardFlags,
        ...fitFlags,
        ...queueFlags,
        ...logFlags,
      },
      run: async (flags) => {
        const log = loggerOf(flags);
        const shard = shardOf(flags.shard, flags['shard.labels']);
        const threads = flags['fit.threads'] || Math.max(1, availableParallelism() - 1);
        const fits = createThreads({ worker: fitWorker, threads, clock: world().clock });
        const signal = stopSignal();
        const queue = queueAddress(flags, process.env);
        try {
          await runApp({
            configure: () => readConfiguration(flags['config.file']),
            onReload: (listener) => void process.on('SIGHUP', listener),
            web: webListening(flags, webHost),
            storage: { path: flags['storage.path'], saveInterval: flags['storage.save-interval'] },
            ...(shard ? { shard } : {}),
            fits,
            ...(queue ? { queue } : {}),
            pluginWorker,
            page: new URL('./page/', import.meta.url),
            log,
            world: world(),
            signal,
          });
        } finally {
          await fits.close();
        }
        return 0;
      },
    }),
    check: command({
      help: 'Validate a configuration, and ask Prometheus about its expressions.',
      flags: {
        ...configFlag,
        timeout: durationFlag({ help: 'Longest wait for Prometheus; 0s asks it nothing.', default: 10 }),
      },
      run: async (flags) => check(flags['config.file'], flags.timeout),
    }),
    doctor: doctorCommand({
      configurationAt: readConfiguration,
      clientOf: ({ prometheus }, timeoutSeconds, warned) => plainClient(prometheus, timeoutSeconds, 1, (_, warning) => warned(warning)),
      read: (path) => readFileSync(path, 'utf8'),
      write: (text) => process.stdout.write(text),
      now: () => Date.now() / 1000,
    }),
    explain: explainCommand({ read: (path) => readFileSync(path, 'utf8'), write: (text) => process.stdout.write(text) }),
    replay: replayCommand({
      configurationAt: readConfiguration,
      clientOf: ({ prometheus }) => plainClient(prometheus, prometheus.timeout, 3),
      environment: process.env,
      ...world(),
      sleep: (seconds) => setTimeout(seconds * 1000),
      print: (text) => process.stdout.write(text),
      warn: (text) => process.stderr.write(text),
      progress: showProgress,
      interruption: stopSignal,
      processes: { own: process.pid, commandOf, end: (id) => process.kill(id, 'SIGTERM') },
    }),
    worker: workerCommand({
      ...world(),
      environment: process.env,
      log: loggerOf,
      web: (flags) => webListening(flags, webHost),
      fitWorker,
      processors: () => availableParallelism(),
      stop: stopSignal,
    }),
    recommend: recommendCommand(recommendWorld()),
    'recommend scaling': recommendScalingCommand({ ...recommendWorld(), pause: world().pause }),
    'evaluate anomaly': evaluateAnomalyCommand(evaluateFiles),
    'evaluate forecast': evaluateForecastCommand(evaluateFiles, (line) => process.stderr.write(`${line}\n`)),
  },
};

function loggerOf(flags: FlagValues<typeof logFlags>): Logger {
  return createLogger({ level: flags['log.level'], format: flags['log.format'], write: (line) => process.stderr.write(line) });
}

/** Aborted at the first signal to stop. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  // Every watch and every request listens; none is leaked.
  setMaxListeners(0, stop.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** Throws a UsageError with every fault of the file, a line each. */
function readConfiguration(path: string): Configuration {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--config.file: got ${JSON.stringify(path)} (${errorText(error)}), want a file that can be read`, {
      cause: error,
    });
  }
  const known = { forecasters: forecasters.map(({ name }) => name), detectors: detectors.map(({ name }) => name), plugins };
  const parsed = parseConfiguration(text, known);
  if ('configuration' in parsed) return parsed.configuration;
  throw new UsageError(parsed.faults.map((fault) => formatFault(path, fault)).join('\n'));
}

async function check(path: string, timeout: number): Promise<number> {
  const configuration = readConfiguration(path);
  const faults = await checkPlugins(configuration, { worker: pluginWorker, clock: () => performance.now() / 1000 });
  for (const fault of faults) console.log(`✗ ${fault}`);
  if (faults.length > 0) return 1;
  console.log(`${path}: ${configuration.watches.length} watches, well-formed`);
  readHolidays(configuration.watches, Date.now() / 1000, (file) => readFileSync(file, 'utf8'));
  if (timeout === 0) return 0;
  const client = plainClient(configuration.prometheus, timeout, 1);
  try {
    const checks = await checkWatches(configuration, client, Date.now() / 1000);
    let total = 0;
    for (const { watch, series, samples, fault, warning } of checks) {
      const each = cardinalityOf(watch, configuration.gauges);
      total += (series ?? 0) * each.metrics;
      console.log(
        `${fault ? '✗' : '✓'} ${watch.name}: ${series ?? 'no'} series × ${each.metrics} on /metrics, ${each.remoteRead} over remote read`,
      );
      console.log(`  samples: ${samples}`);
      if (fault ?? warning) console.log(`  ${fault ?? warning}`);
    }
    console.log(`${total} series on /metrics in all`);
    return checks.some(({ fault }) => fault) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof PrometheusError)) throw error;
    console.log(`prometheus.url: got ${errorText(error)}, want an address that answers`);
    return 1;
  }
}

function plainClient(
  settings: Configuration['prometheus'],
  timeoutSeconds: number,
  tries: number,
  onWarning?: (expr: string, warning: string) => void,
): PrometheusClient {
  const sleep = (seconds: number): Promise<void> => setTimeout(seconds * 1000);
  const options = { ...endpointOf(settings), timeoutSeconds, tries, sleep, random: Math.random };
  return createPrometheusClient(onWarning ? { ...options, onWarning } : options);
}

/** A line that the next one replaces; on what is no terminal, nothing. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

function recommendWorld(): RecommendWorld {
  return {
    configurationAt: readConfiguration,
    clientOf: ({ prometheus }) => plainClient(prometheus, prometheus.timeout, 3),
    now: () => Date.now() / 1000,
    print: (text) => process.stdout.write(text),
    progress: showProgress,
  };
}

/** The command line of a process of this machine, from /proc or from `ps`; nothing where there is none. */
function commandOf(id: number): string | undefined {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    const { status, stdout } = spawnSync('ps', ['-p', String(id), '-o', 'args='], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  }
}

function world(): World {
  return {
    now: () => Date.now() / 1000,
    clock: () => performance.now() / 1000,
    memory: () => {
      const { heap_size_limit: heapLimit, used_heap_size: heap } = getHeapStatistics();
      // Without a cgroup's limit it is 0 or more than there is.
      const limit = Math.min(process.constrainedMemory() || Infinity, totalmem());
      return { resident: process.memoryUsage.rss(), limit, heap, heapLimit };
    },
    random: Math.random,
    sleep: async (seconds, signal) => {
      await setTimeout(Math.max(0, seconds) * 1000, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
    pause: standBack,
    version: packageFile.version,
    nodeVersion: process.version,
  };
}

async function main(words: readonly string[]): Promise<number> {
  const parsed = parseCommand(program, words);
  if ('values' in parsed) return parsed.values();
  process.stdout.write(parsed.text);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
