import { promFrame } from './scenes.ts';
import type { SceneFrame } from './scene.ts';

/** The now of the benchmark, and how far its frames reach before and after, in ms. */
export const benchNow = Date.UTC(2026, 10, 22, 12);
export const benchSpan = { past: 20 * 3_600_000, future: 4 * 3_600_000 };

const levels = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
const normal = [-1.96, -1.2816, -0.6745, 0, 0.6745, 1.2816, 1.96];

/**
 * Frames of `series` histories and their forecasts with three bands, each of `points` samples over past and future; `turn` changes
 * every value as a refresh does. `paired` marks the bands for Grafana's own TimeSeries: each upper edge filled down to its lower.
 */
export function benchFrames(series: number, points: number, turn: number, paired: boolean): SceneFrame[] {
  const step = (benchSpan.past + benchSpan.future) / points;
  const times = Array.from({ length: points }, (_, index) => benchNow - benchSpan.past + index * step);
  const frames: SceneFrame[] = [];
  for (let number = 0; number < series; number++) {
    const labels = { instance: `host-${number}` };
    const center = times.map((_, index) => number + Math.sin((index + turn) / 40 + number));
    const noisy = center.map((value, index) => (times[index]! <= benchNow ? value + Math.sin(index * 12.9898 + turn) * 0.3 : null));
    frames.push(promFrame('A', labels, times, noisy, `host-${number}`));
    for (const [index, level] of levels.entries()) {
      const values = center.map((value) => value + normal[index]! * 0.2);
      const frame = promFrame(
        'B',
        { __name__: 'presage_forecast', ...labels, watch: 'bench', quantile: String(level) },
        times,
        values,
        paired ? `host-${number} ${level}` : undefined,
      );
      if (paired && level > 0.5) {
        const partner = `host-${number} ${levels[levels.length - 1 - index]}`;
        frame.fields[1]!.config = { ...frame.fields[1]!.config, custom: { fillBelowTo: partner, lineWidth: 0, fillOpacity: 15 } };
      }
      frames.push(frame);
    }
  }
  return frames;
}
