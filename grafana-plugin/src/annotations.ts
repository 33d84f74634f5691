import { FieldType, type DataFrame, type GrafanaTheme2 } from '@grafana/data';
import type { Annotation } from './plot/context.ts';

/** The dashboard's annotations as they come in the panel's data: a time, perhaps an end, a title, a text, a colour. */
export function annotationsOf(frames: readonly DataFrame[], theme: GrafanaTheme2): Annotation[] {
  return frames.flatMap((frame) => {
    const times: readonly number[] = frame.fields.find((field) => field.type === FieldType.time)?.values ?? [];
    return times.map((time, index) => {
      const end = Number(valueOf(frame, 'timeEnd', index));
      const color = textOf(frame, 'color', index);
      return {
        from: time,
        to: end > time ? end : time,
        text: [textOf(frame, 'title', index), textOf(frame, 'text', index)].filter((part) => part !== '').join(': '),
        color: theme.visualization.getColorByName(color === '' ? 'blue' : color),
      };
    });
  });
}

function textOf(frame: DataFrame, name: string, index: number): string {
  const value = valueOf(frame, name, index);
  return typeof value === 'string' ? value : '';
}

function valueOf(frame: DataFrame, name: string, index: number): unknown {
  return frame.fields.find((field) => field.name === name)?.values[index];
}
