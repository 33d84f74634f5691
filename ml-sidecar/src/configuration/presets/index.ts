import { node } from './node.ts';
import type { Preset } from './preset.ts';

/** Every preset that `preset:` may name. */
export const presets: readonly Preset[] = [node];
