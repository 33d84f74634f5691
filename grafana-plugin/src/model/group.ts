import { seriesKey, watchOf, type Labels, type Role } from './roles.ts';

/** What grouping needs to know of one field. */
export interface Member {
  readonly role: Role;
  readonly labels: Labels;
  readonly name: string;
  readonly title: string;
  readonly refId: string;
}

/** The fields that speak of one source series: its history and what was forecast of it. */
export interface Group<M extends Member> {
  readonly id: string;
  readonly watch: string;
  readonly key: string;
  readonly actual: M | null;
  readonly others: readonly M[];
}

/**
 * Brings the fields of one source series together. A forecast keeps the labels of its source and adds its own, so equal labels
 * decide; where several watches forecast the same labels, the name of the watch must stand in the history's name, title or
 * query; where labels differ, one set must hold the other; and one history with one forecast belong together anyhow.
 * Gives too how many histories found more than one forecast to belong to.
 */
export function groupFields<M extends Member>(members: readonly M[]): { groups: Group<M>[]; undecided: number } {
  const histories = members.filter((member) => member.role.kind === 'actual');
  const forecasts = new Map<string, { watch: string; key: string; labels: Labels; actual: M | null; others: M[] }>();
  for (const member of members) {
    if (member.role.kind === 'actual' || member.role.kind === 'aside') continue;
    const [watch, key] = [watchOf(member.labels), seriesKey(member.labels)];
    const id = `${watch} ${key}`;
    const group = forecasts.get(id) ?? { watch, key, labels: member.labels, actual: null, others: [] };
    group.others.push(member);
    forecasts.set(id, group);
  }
  const alone: M[] = [];
  let undecided = 0;
  for (const history of histories) {
    const free = [...forecasts.values()].filter((group) => group.actual === null);
    const found = choose(history, free, histories.length === 1 && forecasts.size === 1);
    if (found === 'several') undecided++;
    if (found === 'several' || found === null) alone.push(history);
    else found.actual = history;
  }
  const groups: Group<M>[] = [...forecasts].map(([id, group]) => ({ id, ...group }));
  for (const [index, history] of alone.entries())
    groups.push({ id: `${index} ${history.name} ${seriesKey(history.labels)}`, watch: '', key: '', actual: history, others: [] });
  const position = new Map(members.map((member, index) => [member, index]));
  const first = (group: Group<M>): number => position.get(group.actual ?? group.others[0]!) ?? 0;
  return { groups: groups.sort((a, b) => first(a) - first(b)), undecided };
}

function choose<G extends { watch: string; key: string }>(history: Member, free: readonly G[], pair: boolean): G | 'several' | null {
  const key = seriesKey(history.labels);
  const same = free.filter((group) => group.key === key);
  if (same.length === 1) return same[0]!;
  if (same.length > 1) return byWatch(history, same) ?? 'several';
  if (pair) return free[0] ?? null;
  const held = free.filter((group) => holds(key, group.key) || holds(group.key, key));
  return held.length === 1 ? held[0]! : held.length > 1 ? (byWatch(history, held) ?? 'several') : null;
}

function byWatch<G extends { watch: string }>(history: Member, groups: readonly G[]): G | undefined {
  const words = `${history.labels['watch'] ?? ''} ${history.name} ${history.title} ${history.refId}`.toLowerCase();
  const named = groups.filter((group) => group.watch !== '' && words.includes(group.watch.toLowerCase()));
  return named.length === 1 ? named[0] : undefined;
}

/** Whether the labels of `large` contain all of `small`, which has at least one. */
function holds(large: string, small: string): boolean {
  const pairs: unknown = JSON.parse(small);
  const rest = large.slice(1, -1);
  return Array.isArray(pairs) && pairs.length > 0 && pairs.every((pair) => rest.includes(JSON.stringify(pair)));
}
