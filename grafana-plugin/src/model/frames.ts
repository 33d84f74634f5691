import {
  FieldType,
  ThresholdsMode,
  getFieldDisplayName,
  getFieldSeriesColor,
  type DataFrame,
  type Field,
  type GrafanaTheme2,
} from '@grafana/data';
import type { ForecastFieldConfig } from '../options.ts';
import type { Limit } from './breach.ts';
import type { Source } from './readModel.ts';
import { metricName, recognise } from './roles.ts';

/** The numeric fields of all frames that have a time, and the frames that could not be read, in words. */
export interface Reading {
  readonly sources: readonly Source[];
  readonly notices: readonly string[];
}

/** Reads Grafana's data frames. `limitSide` says on which side of a threshold it hurts; null draws no limits. */
export function readFrames(frames: readonly DataFrame[], theme: GrafanaTheme2, limitSide: Limit['side'] | null): Reading {
  const sources: Source[] = [];
  const notices: string[] = [];
  const all = [...frames];
  for (const [frameIndex, frame] of frames.entries()) {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    const numbers = [...frame.fields.entries()].filter(([, field]) => field.type === FieldType.number);
    if (numbers.length > 0 && time === undefined)
      notices.push(`query ${frame.refId ?? frameIndex + 1} has no time field: set its format to Time series`);
    if (time === undefined) continue;
    for (const [fieldIndex, field] of numbers) {
      const custom: ForecastFieldConfig = field.config.custom ?? {};
      const labels = field.labels ?? {};
      const name = metricName(field.name, labels);
      sources.push({
        frame: frameIndex,
        field: fieldIndex,
        role: recognise(name, labels, custom.role),
        labels,
        name,
        title: getFieldDisplayName(field, frame, all),
        refId: frame.refId ?? '',
        unit: field.config.unit ?? '',
        colorAs: (position) => getFieldSeriesColor({ ...field, state: { ...field.state, seriesIndex: position } }, theme).color,
        hidden: custom.hideFrom?.viz === true,
        lineWidth: custom.lineWidth,
        interval: time.config.interval ?? undefined,
        times: time.values,
        values: field.values,
        limits: limitSide === null ? [] : limitsOf(field, theme, limitSide),
      });
    }
  }
  return { sources, notices };
}

/** The thresholds of a field but its base, as limits; percentages need the field's own minimum and maximum. */
function limitsOf(field: Field, theme: GrafanaTheme2, side: Limit['side']): Limit[] {
  const { thresholds, min, max } = field.config;
  const percent = thresholds?.mode === ThresholdsMode.Percentage;
  if (thresholds === undefined || (percent && (typeof min !== 'number' || typeof max !== 'number'))) return [];
  return thresholds.steps
    .filter(({ value }) => Number.isFinite(value))
    .map(({ value, color }) => {
      const at = percent ? min! + ((max! - min!) * value) / 100 : value;
      const display = field.display?.(at);
      const text = display ? `${display.prefix ?? ''}${display.text}${display.suffix ?? ''}` : String(at);
      return { name: `limit ${text.trim()}`, side, value: at, color: theme.visualization.getColorByName(color) };
    });
}
