import type { Source } from './readModel.ts';
import { recognise } from './roles.ts';

/** A field as `readFrames` hands it over, for tests: its name and labels decide its role. */
export function source(
  labels: Record<string, string>,
  times: ArrayLike<number>,
  values: ArrayLike<number | null>,
  rest: Partial<Source> = {},
): Source {
  const name = labels['__name__'] ?? '';
  return {
    role: recognise(name, labels),
    labels,
    name,
    title: rest.title ?? JSON.stringify(labels),
    refId: 'A',
    frame: 0,
    field: 1,
    unit: '',
    colorAs: () => '#73bf69',
    hidden: false,
    lineWidth: undefined,
    interval: undefined,
    times,
    values,
    limits: [],
    ...rest,
  };
}
