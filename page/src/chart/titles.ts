import type { Labels } from '../../../grafana-plugin/src/model/roles.ts';

/** What tells each series from the others: the labels in which they differ, or `alone` for one. */
export function seriesTitles(all: readonly Labels[], alone: string): string[] {
  const names = [...new Set(all.flatMap((labels) => Object.keys(labels)))].sort();
  const differing = names.filter((name) => new Set(all.map((labels) => labels[name])).size > 1);
  const telling = essential(all, differing);
  return all.map((labels) => titleOf(labels, telling) || alone);
}

/** `name=value` of the labels that say more than which host it is; the values alone where there is one. */
export function labelsText(labels: Labels, without: readonly string[] = []): string {
  return titleOf(
    labels,
    Object.keys(labels).filter((name) => !without.includes(name)),
  );
}

/** The one label that says what of a host a series is about, where it has one of the usual ones; else all but the host's. */
export function partText(labels: Labels): string {
  const found = preferred.find((name) => name !== 'instance' && (labels[name] ?? '') !== '');
  if (found !== undefined) return labels[found] ?? '';
  const rest = Object.entries(labels).filter(([name, value]) => name !== 'instance' && name !== 'job' && value !== '');
  return rest.map(([name, value]) => `${name}=${value}`).join(' ');
}

/** Labels that name a part of a host, the most telling first. */
const preferred = ['mountpoint', 'instance', 'device', 'interface', 'name', 'service'];

function titleOf(labels: Labels, names: readonly string[]): string {
  const present = names.filter((name) => labels[name] !== undefined && labels[name] !== '');
  if (present.length === 1) return labels[present[0]!] ?? '';
  return present.map((name) => `${name}=${labels[name]}`).join(' ');
}

/** As few of the labels as tell all series apart: one or two if these do. */
function essential(all: readonly Labels[], names: readonly string[]): readonly string[] {
  const ordered = [...names].sort((a, b) => rank(a) - rank(b));
  const pairs = ordered.flatMap((one, place) => ordered.slice(place + 1).map((other) => [one, other]));
  const candidates = [...ordered.map((name) => [name]), ...pairs];
  const chosen = candidates.find((one) => tellsApart(all, one)) ?? names;
  // The host first, as people look for it.
  return [...chosen].sort((a, b) => Number(b === 'instance') - Number(a === 'instance'));
}

function tellsApart(all: readonly Labels[], names: readonly string[]): boolean {
  return new Set(all.map((labels) => JSON.stringify(names.map((name) => labels[name])))).size === all.length;
}

function rank(name: string): number {
  const place = preferred.indexOf(name);
  return place < 0 ? preferred.length : place;
}
