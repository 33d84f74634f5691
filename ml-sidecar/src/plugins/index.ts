import { augursMstl } from './augurs-mstl.ts';
import { augursProphet } from './augurs-prophet.ts';
import { moduleFile } from './module-file.ts';
import { onnx } from './onnx.ts';
import type { PluginKind } from './plugin.ts';
import { tensorflow } from './tensorflow.ts';

/** Every plug-in. Nothing of it is loaded before a configuration names it. */
export const plugins: readonly PluginKind[] = [augursMstl, augursProphet, tensorflow, onnx, moduleFile];
