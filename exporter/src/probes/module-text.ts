import { HIDDEN } from '@presage/service/secret.ts';
import type { Module } from './modules.ts';

const SECRETS = new Set(['password', 'credentials', 'bearer_token', 'key']);
const SECRET_HEADER = /authorization|cookie|token|key|secret/i;

/** A module as YAML for people to read, with its secrets hidden and without what is empty. */
export async function moduleText(module: Module): Promise<string> {
  const { stringify } = await import('yaml');
  const settings = module.prober === 'grpc' ? {} : { [module.prober]: shownSettings(module.settings) };
  return stringify({ prober: module.prober, ...(module.timeout === 0 ? {} : { timeout: `${module.timeout}s` }), ...settings });
}

function shownSettings(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return SECRETS.has(key) && value !== '' ? HIDDEN : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry: unknown) => shownSettings(entry));
  if (value instanceof Map) {
    return Object.fromEntries(
      [...value].map(([name, own]) => [String(name), SECRET_HEADER.test(String(name)) ? HIDDEN : shownSettings(own)]),
    );
  }
  // A pattern is shown as it was written.
  if ('source' in value && 'test' in value) return value.source;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, own]) => [name, shownSettings(own, name)] as const)
      .filter(([, own]) => !isEmpty(own)),
  );
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === undefined;
}
