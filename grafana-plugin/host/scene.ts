/** One field as plain JSON; @grafana/data makes a frame of it. */
export interface SceneField {
  name: string;
  type: 'time' | 'number' | 'string';
  values: (number | string | null)[];
  labels?: Record<string, string>;
  config?: Record<string, unknown>;
}

export interface SceneFrame {
  refId: string;
  name?: string;
  fields: SceneField[];
}

/** Everything that a panel on a dashboard is given, as plain JSON. Times in ms, sizes in CSS pixels. */
export interface Scene {
  /** A new key mounts the panel anew; the same key refreshes it. */
  key: string;
  title?: string;
  theme: 'light' | 'dark';
  width: number;
  height: number;
  from: number;
  to: number;
  now: number;
  options: Record<string, unknown>;
  fieldConfig: { defaults: Record<string, unknown>; overrides: never[] };
  frames: SceneFrame[];
  annotations?: SceneFrame[];
}
