import type { DataFrame, PanelPlugin } from '@grafana/data';

/**
 * Asks a panel for its suggestions as each Grafana does: 13 through `getSuggestions` with a summary of the data, older ones through
 * the supplier's own method with a builder that collects.
 */
export function suggestionsOf(plugin: PanelPlugin, frames: DataFrame[]): string[] {
  if (typeof plugin.getSuggestions === 'function')
    return (plugin.getSuggestions({ ...summary, rawFrames: frames }) ?? []).map(({ name }) => name);
  const found: string[] = [];
  const getListAppender = () => ({ append: (one: { name: string }) => found.push(one.name) });
  const supplier: unknown = Reflect.get(plugin, 'getSuggestionsSupplier').call(plugin);
  if (typeof supplier === 'function' || (typeof supplier === 'object' && supplier !== null))
    Reflect.get(supplier, 'getSuggestionsForData').call(supplier, { data: { series: frames }, getListAppender });
  return found;
}

const summary = {
  rowCountTotal: 1,
  rowCountMax: 1,
  frameCount: 1,
  fieldCount: 2,
  fieldCountMax: 2,
  fieldCountByType: () => 1,
  hasFieldType: () => true,
  hasDataFrameType: () => false,
  hasPreferredVisualisationType: () => false,
  numberFieldCount: 1,
  timeFieldCount: 1,
  stringFieldCount: 0,
};
