import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import type { PrometheusClient } from './client.ts';
import { PrometheusError } from './prometheus-error.ts';

const statusSchema = z.object({ yaml: z.string() });
const configSchema = z.object({ global: z.object({ external_labels: z.record(z.string(), z.coerce.string()).nullish() }).nullish() });

/**
 * The labels that Prometheus adds to all that it sends by remote write and answers by remote read, and to no query. None where
 * the server does not tell, as those that speak its API alone. Rejects with a PrometheusError where it cannot be asked.
 */
export async function readExternalLabels(client: Pick<PrometheusClient, 'get'>): Promise<Readonly<Record<string, string>>> {
  try {
    const status = statusSchema.safeParse(await client.get('status/config'));
    if (!status.success) return {};
    const config = configSchema.safeParse(parse(status.data.yaml));
    return config.success ? (config.data.global?.external_labels ?? {}) : {};
  } catch (error) {
    if (error instanceof YAMLParseError) return {};
    if (error instanceof PrometheusError && (error.kind === 'refused' || error.kind === 'bad-answer')) return {};
    throw error;
  }
}

/** `labels` without those that are external ones with the same value. */
export function withoutExternal(
  labels: Readonly<Record<string, string>>,
  external: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = Object.keys(external);
  if (!names.some((name) => labels[name] === external[name])) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => external[name] !== value));
}
