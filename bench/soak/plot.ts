import { type Course, services } from './course.ts';
import type { Look } from './observe.ts';
import { parts } from './stack.ts';

export interface PlotContext {
  readonly minutes: number;
  readonly series: number;
  readonly seed: number;
}

interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [at: number, value: number])[];
}

const WIDTH = 960;
const HEIGHT = 220;
const LEFT = 60;
const BOTTOM = 24;
const colours = ['#7b61ff', '#d97706', '#64748b', '#0f766e'];

/** A page that needs nothing else: memory, descriptors and the time of /metrics over the soak, with what went wrong marked. */
export function soakPage(
  { looks, collections, happenings, warm }: Pick<Course, 'looks' | 'collections' | 'happenings' | 'warm'>,
  { minutes, series, seed }: PlotContext,
): string {
  const curve = (name: string, colour: string, read: (one: Look) => number | undefined): Curve => ({
    name,
    colour,
    points: looks.flatMap((one): (readonly [number, number])[] => {
      const value = read(one);
      return value === undefined ? [] : [[one.at, value]];
    }),
  });
  const charts = [
    chart(
      'Resident memory, MiB',
      parts.map((part, i) => curve(part, colours[i], ({ held }) => held[part]?.rssMiB)),
      happenings,
      warm,
    ),
    chart(
      'Heap once all garbage was collected, MiB',
      services.map((name) => ({
        name,
        colour: colours[parts.indexOf(name)],
        points: collections[name].map(({ at, heapMiB }) => [at, heapMiB] as const),
      })),
      happenings,
      warm,
    ),
    chart(
      'Open descriptors',
      parts.map((part, i) => curve(part, colours[i], ({ held }) => held[part]?.descriptors)),
      happenings,
      warm,
    ),
    chart(
      'Memory of the sidecar within its process, MiB',
      [curve('heap', colours[3], ({ page }) => page?.heapMiB), curve('arrays', colours[1], ({ page }) => page?.externalMiB)],
      happenings,
      warm,
    ),
    chart('/metrics of the sidecar, ms', [curve('time', colours[3], ({ page }) => page?.milliseconds)], happenings, warm),
  ];
  const list = happenings.map(({ at, what }, i) => `<li value="${i + 1}">${(at / 60).toFixed(1)} min: ${what}</li>`).join('\n');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Presage: soak</title>
<style>body{font:14px system-ui,sans-serif;margin:2rem;max-width:1000px}svg{display:block}text{font-size:11px;fill:#475569}</style>
<h1>Soak: ${minutes} minutes, ${series} live series, seed ${seed}</h1>
<p>Grey: warm-up. Dashed: something was made to go wrong, by its number in the list below.</p>
${charts.join('\n')}
<ol>
${list}
</ol>
</html>
`;
}

function chart(title: string, curves: readonly Curve[], happenings: Course['happenings'], warm: number): string {
  const all = curves.flatMap(({ points }) => points);
  const end = Math.max(1, ...all.map(([at]) => at));
  const top = 1.1 * Math.max(1, ...all.map(([, value]) => value));
  const x = (at: number): number => LEFT + (at / end) * (WIDTH - LEFT);
  const y = (value: number): number => (HEIGHT - BOTTOM) * (1 - value / top);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y((share * top) / 1.1);
    const label = ((share * top) / 1.1).toFixed(top < 20 ? 1 : 0);
    return `<path d="M${LEFT} ${at.toFixed(1)}H${WIDTH}" stroke="#e2e8f0"/><text x="4" y="${(at + 4).toFixed(1)}">${label}</text>`;
  });
  const marks = happenings.map(({ at }, i) => {
    const place = x(at).toFixed(1);
    return `<path d="M${place} 0V${HEIGHT - BOTTOM}" stroke="#94a3b8" stroke-dasharray="2 3"/><text x="${place}" y="${HEIGHT - 10}">${i + 1}</text>`;
  });
  const lines = curves.map(({ colour, points }) => {
    const path = points.map(([at, value], i) => `${i === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('');
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  });
  const names = curves.map(({ name, colour }) => `<span style="color:${colour}">${name}</span>`).join(' · ');
  const shade = `<rect x="${LEFT}" width="${(x(warm) - LEFT).toFixed(1)}" height="${HEIGHT - BOTTOM}" fill="#f1f5f9"/>`;
  return `<h2>${title}</h2><p>${names}</p><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">${shade}${grid.join('')}${marks.join('')}${lines.join('')}</svg>`;
}
