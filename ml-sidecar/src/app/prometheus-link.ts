import type { PrometheusSettings } from '../configuration/configuration.ts';
import type { PrometheusClient, PrometheusClientOptions } from '../prometheus/client.ts';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import type { Endpoint } from '../prometheus/transport.ts';
import { secretFrom } from './secret-file.ts';

/** A client whose other side can be changed while questions are under way: those are answered by whom they were asked. */
export interface PrometheusLink {
  readonly client: PrometheusClient;
  /** Asks `next` from now on. */
  use(next: PrometheusClient): void;
}

/** A link to `first`. */
export function createPrometheusLink(first: PrometheusClient): PrometheusLink {
  let current = first;
  return {
    client: asking((question) => question(current)),
    use(next) {
      current = next;
    },
  };
}

/** The same client, whose questions are rejected with a PrometheusError as soon as the signal fires. */
export function stoppable(client: PrometheusClient, signal: AbortSignal): PrometheusClient {
  return asking((question) => {
    const stopped = () => new PrometheusError('unreachable', 'the watch has ended');
    if (signal.aborted) return Promise.reject(stopped());
    return new Promise((resolve, reject) => {
      const stop = () => reject(stopped());
      signal.addEventListener('abort', stop, { once: true });
      question(client)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', stop));
    });
  });
}

function asking(ask: <T>(question: (client: PrometheusClient) => Promise<T>) => Promise<T>): PrometheusClient {
  return {
    queryRange: (...question) => ask((client) => client.queryRange(...question)),
    query: (...question) => ask((client) => client.query(...question)),
    readSamples: (...question) => ask((client) => client.readSamples(...question)),
    buildInfo: () => ask((client) => client.buildInfo()),
    ready: () => ask((client) => client.ready()),
    get: (...question) => ask((client) => client.get(...question)),
  };
}

/** Address and credentials, read from their files. Throws a UsageError for a file that cannot be read. */
export function endpointOf(settings: PrometheusSettings): Endpoint & Pick<PrometheusClientOptions, 'parameters'> {
  const { url, headers, parameters, bearerTokenFile, basicAuth } = settings;
  return {
    url,
    headers,
    ...(parameters === undefined ? {} : { parameters }),
    ...(bearerTokenFile === undefined ? {} : { bearerToken: secretFrom('prometheus.bearer_token_file', bearerTokenFile) }),
    ...(basicAuth === undefined
      ? {}
      : {
          basicAuth: { username: basicAuth.username, password: secretFrom('prometheus.basic_auth.password_file', basicAuth.passwordFile) },
        }),
  };
}
