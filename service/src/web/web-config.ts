import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { ConfigurationError } from '../decode.ts';
import { errorText, type Logger } from '../log.ts';
import { reloading } from '../reloading.ts';
import { hasTls, parseWebConfig, type WebConfig } from './config-file.ts';
import { createRateLimiter, type RateLimiter } from './rate-limit.ts';
import { tlsFiles, tlsOptions } from './tls.ts';

/** A web configuration with its files read, ready to serve by. */
export interface LoadedWebConfig {
  readonly config: WebConfig;
  /** Undefined without TLS. */
  readonly tls: TlsOptions | undefined;
  readonly limiter: RateLimiter;
}

/** The web configuration as it is on disk now. */
export interface WebConfigSource {
  /** Reads the files again if one has changed. What is wrong then is logged once, and the last good state stays. */
  current(): LoadedWebConfig;
}

/**
 * Opens a web configuration file; an empty name is a configuration with nothing in it. Throws ConfigurationError for what is
 * wrong at the start, with every fault.
 */
export function openWebConfig(file: string, log: Logger): WebConfigSource {
  if (file === '') {
    const nothing = load('', '');
    return { current: () => nothing };
  }
  const path = resolve(file);
  const current = reloading(
    'web configuration',
    () => {
      const value = load(readConfig(path, file), path, file);
      return { value, files: [path, ...tlsFiles(value.config.tls_server_config, dirname(path))] };
    },
    log,
  );
  return { current };
}

function readConfig(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError([`--web.config.file: got ${shown}, which cannot be read (${errorText(error)}), want a YAML file`]);
  }
}

function load(yaml: string, path: string, shown = path): LoadedWebConfig {
  const config = parseWebConfig(yaml, shown);
  const { tls_server_config: tls, http_server_config: http, rate_limit: limit } = config;
  return {
    config,
    tls: hasTls(tls) ? tlsOptions(tls, dirname(path), shown, http.http2 ? ['h2', 'http/1.1'] : ['http/1.1']) : undefined,
    limiter: createRateLimiter(limit.interval, limit.burst),
  };
}
