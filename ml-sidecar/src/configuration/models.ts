import type { z } from 'zod';
import type { Fault, ModelSettings } from './configuration.ts';
import { defaultModel } from './defaults.ts';
import type { KnownModels } from './resolve.ts';
import type { fileSchema } from './schema.ts';

type ModelEntries = z.output<typeof fileSchema>['models'];

/** The models that a file names, complete, and plug-ins that need no entry because they have nothing to load; faults go into `faults`. */
export function modelsOf(entries: ModelEntries, known: KnownModels, faults: Fault[]): readonly ModelSettings[] {
  const { plugins = [] } = known;
  const named = (entries ?? []).map((entry, i): ModelSettings => {
    const { name, plugin, file, timeout = defaultModel.timeout, memory = defaultModel.memory } = entry;
    const place = `models[${i}]`;
    const kind = plugins.find((one) => one.name === plugin);
    const taken = known.forecasters.includes(name) || (entries ?? []).findIndex((other) => other.name === name) < i;
    if (taken) faults.push({ place: `${place}.name`, found: JSON.stringify(name), want: 'a name that no other forecaster has' });
    if (!kind)
      faults.push({
        place: `${place}.plugin`,
        found: JSON.stringify(plugin),
        want: `one of ${plugins.map((one) => one.name).join(', ')}`,
      });
    if (kind?.file === 'needed' && file === undefined)
      faults.push({ place: `${place}.file`, found: 'nothing', want: `the file that ${plugin} loads` });
    if (kind?.file === 'none' && file !== undefined)
      faults.push({ place: `${place}.file`, found: JSON.stringify(file), want: `no file: ${plugin} loads none` });
    return { name, plugin, timeout, memory, ...(file === undefined ? {} : { file }) };
  });
  const bare = plugins
    .filter(({ name, file }) => file !== 'needed' && named.every((model) => model.name !== name))
    .map(({ name }): ModelSettings => ({ name, plugin: name, ...defaultModel }));
  return [...named, ...bare];
}
