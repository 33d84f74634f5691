import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Served } from './served.ts';

/** What of a reload is told. */
interface Changes {
  readonly kept: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Reads the configuration again, and tells which watches went on and which did not, by name, or every fault. */
export type Reload = () => Promise<{ readonly changes: Changes } | { readonly faults: string }>;

/** Answers POST and PUT /-/reload as Prometheus does: 200, or 500 with every fault, a line each. */
export async function answerReload({ reload }: Pick<Served, 'reload'>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (status: number, text: string, headers: Record<string, string> = {}) =>
    void response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(text);
  if (request.method !== 'POST' && request.method !== 'PUT')
    return answer(405, `got ${request.method}, want POST or PUT\n`, { Allow: 'POST, PUT' });
  if (!reload) return answer(404, 'got a service without a configuration file, want one with\n');
  const done = await reload();
  if ('faults' in done) return answer(500, `configuration cannot be used; the one before stays:\n${done.faults}\n`);
  const { kept, changed, added, removed } = done.changes;
  const line = (what: string, names: readonly string[]) => (names.length === 0 ? '' : `${what}: ${names.join(', ')}\n`);
  answer(200, `configuration loaded\n${line('kept', kept)}${line('changed', changed)}${line('added', added)}${line('removed', removed)}`);
}
