import { bandName } from '../../../grafana-plugin/src/model/bands.ts';
import type { SeriesView } from '../../../grafana-plugin/src/model/readModel.ts';
import { readAt, saysAnything } from '../../../grafana-plugin/src/model/reading.ts';
import { distanceText } from '../../../grafana-plugin/src/distance.ts';
import { timeText } from './clock.ts';
import type { Unit } from './unit.ts';

/** Series read aloud at once. */
const mostSpoken = 5;

/** What the series say at one time (ms), as sentences for a screen reader. */
export function speechAt(series: readonly SeriesView[], time: number, now: number, unit: Unit): string {
  const moments = series
    .map((one) => readAt(one, time))
    .filter(saysAnything)
    .slice(0, mostSpoken);
  const said = moments.map(({ series: one, actual, expected, bands, isAnomalous, direction }) => {
    const band = bands[0];
    const parts = [
      Number.isNaN(actual) ? '' : unit.text(actual),
      Number.isNaN(expected) ? '' : `expected ${unit.text(expected)}`,
      band === undefined ? '' : `${bandName(band)} ${unit.text(band.lower)} to ${unit.text(band.upper)}`,
      isAnomalous ? `anomalous, ${direction < 0 ? 'below' : 'above'} what was expected` : '',
    ];
    return `${one.title}: ${parts.filter((part) => part !== '').join(', ')}`;
  });
  return `${timeText(time, true)}, ${distanceText(time, now)}. ${said.join('. ')}`;
}
