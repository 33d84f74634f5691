import {
  FieldConfigProperty,
  identityOverrideProcessor,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  type FieldConfigPropertyItem,
  type StandardEditorsRegistryItem,
} from '@grafana/data';

/** The editors that Grafana's application registers and its packages do not; the page shows none of them. */
const editors = [
  'text',
  'number',
  'slider',
  'boolean',
  'radio',
  'select',
  'multi-select',
  'unit',
  'color',
  'strings',
  'stats-picker',
  'field-name',
  'fieldColor',
  'links',
  'mappings',
  'thresholds',
  'timezone',
  'dashboard-uid',
  'cell-actions',
  'actions',
];

/** The standard options of fields, with the path under which a field's configuration holds each. */
const properties = Object.values(FieldConfigProperty);

/** Fills both registries with entries that carry values through, as Grafana's own do. */
export function fillRegistries(): void {
  standardEditorsRegistry.setInit(() => editors.map((id): StandardEditorsRegistryItem => ({ id, name: id, editor: () => null })));
  standardFieldConfigEditorRegistry.setInit(() => properties.map(propertyItem));
}

function propertyItem(id: FieldConfigProperty): FieldConfigPropertyItem {
  return {
    id,
    path: id,
    name: id,
    editor: () => null,
    override: () => null,
    process: identityOverrideProcessor,
    shouldApply: () => true,
    settings: {},
  };
}
