/** Where in the page the reader is, as the hash of the address says. */
export type Route =
  | { readonly view: 'fleet' }
  | { readonly view: 'host'; readonly host: string }
  | { readonly view: 'watches' }
  | { readonly view: 'anomalies' }
  | { readonly view: 'watch'; readonly watch: string }
  | { readonly view: 'dry-run'; readonly watch: string }
  | { readonly view: 'lost'; readonly hash: string };

/** Reads `#/host/NAME`, `#/watches` and so on; anything else is `lost`. */
export function routeOf(hash: string): Route {
  const [, view = '', ...rest] = hash.split('/');
  const name = decoded(rest.join('/'));
  if (view === '' && rest.length === 0) return { view: 'fleet' };
  if ((view === 'watches' || view === 'anomalies') && rest.length === 0) return { view };
  if (view === 'dry-run' && name !== undefined) return { view, watch: name };
  if (view === 'host' && rest.length > 0 && name !== undefined) return { view, host: name };
  if (view === 'watch' && name !== undefined && name !== '') return { view, watch: name };
  return { view: 'lost', hash };
}

/** The address of a host, of a watch, of the form filled with a watch. */
export const hostAddress = (host: string): string => `#/host/${encodeURIComponent(host)}`;
export const watchAddress = (watch: string): string => `#/watch/${encodeURIComponent(watch)}`;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
export const dryRunAddress = (watch: string): string => `#/dry-run/${encodeURIComponent(watch)}`;
