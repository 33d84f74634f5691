/** A unit as systemd lists it. */
export interface Unit {
  readonly name: string;
  /** `loaded`, `not-found`, `masked` … */
  readonly loadState: string;
  /** `active`, `inactive`, `failed` … */
  readonly activeState: string;
  /** Its object on the bus. */
  readonly path: string;
}

/** The states that every unit is shown with. */
export const UNIT_STATES = ['active', 'activating', 'deactivating', 'inactive', 'failed'] as const;

/**
 * The units of a reply of ListUnits: rows of name, description, load state, active state, sub-state, what it follows, object path, job
 * id, job type and job path (org.freedesktop.systemd1(5)). Throws on rows of another form.
 */
export function parseUnits(reply: unknown): Unit[] {
  if (!Array.isArray(reply)) throw new Error('systemd: ListUnits answered with something else than a list');
  return reply.map((row: unknown) => {
    if (!Array.isArray(row) || row.length < 7) throw new Error(`systemd: got ${JSON.stringify(row).slice(0, 80)}, want a unit`);
    const [name, loadState, activeState, path] = [0, 2, 3, 6].map((column) => String(row[column]));
    return { name, loadState, activeState, path };
  });
}

/** How many units are in each state; the usual states are there even with none. */
export function countStates(units: readonly Unit[]): Map<string, number> {
  const counts = new Map<string, number>(UNIT_STATES.map((state) => [state, 0]));
  for (const { activeState } of units) counts.set(activeState, (counts.get(activeState) ?? 0) + 1);
  return counts;
}

/** The number of a version such as `252.39-1~deb12u1`: 252.39; 0 where there is none. */
export function versionNumber(version: string): number {
  return Number(/\d{3,}(?:\.\d+)?/.exec(version)?.[0] ?? 0);
}
