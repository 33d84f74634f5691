import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { PluginHost } from './host.ts';
import type { PluginFit, PluginJob } from './job.ts';
import { tinyModel, tinyWeights } from './onnx-model.fixture.ts';
import { MissingPackage } from './plugin.ts';
import { builtWorker, peers } from './worker.fixture.ts';

// Not installed by `npm ci` alone, because together they are as large as all the rest.
const absent = !existsSync(`${peers}node_modules`);
const why = absent ? ' — SKIPPED, the optional packages are not installed: npm ci in ml-sidecar/peers' : '';
if (absent) console.warn(`plug-ins onnx and tensorflow${why}`);

const folder = mkdtempSync(join(tmpdir(), 'presage-peers-'));
const worker = builtWorker('peers');
const hosts: PluginHost[] = [];
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  rmSync(folder, { recursive: true, force: true });
});

function hostOf(plugin: string, file?: string): PluginHost {
  const settings = { name: plugin, plugin, timeout: 120, memory: 1024, ...(file === undefined ? {} : { file: join(folder, file) }) };
  const host = new PluginHost(settings, { worker, clock: () => 0 });
  hosts.push(host);
  return host;
}

/** Nine days, each hour; a daily season with a little roughness and a gap. */
function jobOf(level = 50): PluginJob {
  const values = Float64Array.from({ length: 216 }, (_, i) =>
    i === 100 ? NaN : level + 10 * Math.sin((2 * Math.PI * i) / 24) + 0.3 * Math.sin(i * 12.9898),
  );
  const series = { start: 1_700_006_400, step: 3600, values };
  return { series, horizonSteps: 24, steps: 30, levels: SPREAD_LEVELS, bounds: [-Infinity, Infinity] };
}

/** Mean distance of the median from the season that goes on. */
function missOf({ result }: PluginFit): number {
  return result.rows[3]
    .slice(0, 24)
    .reduce((sum, value, h) => sum + Math.abs(value - 50 - 10 * Math.sin((2 * Math.PI * (216 + h)) / 24)) / 24, 0);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const manifest = { context: 48, horizon: 24, levels: [0.1, 0.5, 0.9], normalisation: 'mean-std' };

function writeManifest(name: string, content: object): string {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return name;
}

describe('augurs', () => {
  it.each(['augurs-mstl', 'augurs-prophet'])('%s forecasts a daily season', async (plugin) => {
    const fit = await hostOf(plugin).fit(jobOf());
    expect(fit.model).toBe(plugin);
    expect(missOf(fit)).toBeLessThan(2);
    expect(fit.origins).toBeGreaterThan(2);
  });
});

describe.skipIf(absent)(`onnx${why}`, () => {
  const model = tinyModel([-0.2, 0, 0.2]);
  const write = (name: string, bytes: Uint8Array = model) => writeFileSync(join(folder, name), bytes);

  it('runs a pretrained model on its own scale, with the levels it has', async () => {
    write('tiny.onnx');
    const host = hostOf('onnx', writeManifest('tiny.json', { ...manifest, model: 'tiny.onnx', sha256: sha256(model) }));
    const fit = await host.fit(jobOf());
    expect(missOf(fit)).toBeLessThan(1);
    // Once more, a hundred times higher: the model knows scales, not values.
    expect((await host.fit(jobOf(5000))).result.rows[3][0] - fit.result.rows[3][0]).toBeCloseTo(4950, 1);
  });

  it('refuses a model of the wrong hash, one without a hash, and one that is not there', async () => {
    write('other.onnx', tinyModel([-5, 0, 5]));
    const wrong = hostOf('onnx', writeManifest('wrong.json', { ...manifest, model: 'other.onnx', sha256: sha256(model) }));
    await expect(wrong.fit(jobOf())).rejects.toThrow(
      /other\.onnx: got SHA-256 [0-9a-f]{64}, want [0-9a-f]{64} as .*wrong\.json says: not loaded/,
    );
    const none = hostOf('onnx', writeManifest('none.json', { ...manifest, model: 'other.onnx', sha256: {} }));
    await expect(none.load()).rejects.toThrow(/none\.json: sha256: got none for other\.onnx/);
    const gone = hostOf('onnx', writeManifest('gone.json', { ...manifest, model: 'gone.onnx', sha256: 'ab' }));
    await expect(gone.load()).rejects.toThrow(/gone\.onnx: got ENOENT/);
  });

  it('refuses a manifest that is none, and a model that gives another number of values than it says', async () => {
    await expect(hostOf('onnx', writeManifest('odd.json', { ...manifest, model: 7 })).load()).rejects.toThrow(/odd\.json: model: /);
    const unordered = { ...manifest, levels: [0.9, 0.1], model: 'tiny.onnx', sha256: sha256(model) };
    await expect(hostOf('onnx', writeManifest('unordered.json', unordered)).load()).rejects.toThrow(/levels: want them ascending/);
    const short = { ...manifest, horizon: 12, model: 'tiny.onnx', sha256: sha256(model) };
    await expect(hostOf('onnx', writeManifest('short.json', short)).fit(jobOf())).rejects.toThrow(
      /got 72 numbers from the model, want 3 levels × 12 steps/,
    );
  });

  it('fails where the bytes are no model', async () => {
    const bytes = Buffer.from('no model at all');
    write('junk.onnx', bytes);
    await expect(
      hostOf('onnx', writeManifest('junk.json', { ...manifest, model: 'junk.onnx', sha256: sha256(bytes) })).load(),
    ).rejects.toThrow(/junk\.onnx: got .*, want an ONNX model/s);
  });
});

describe.skipIf(absent)(`tensorflow${why}`, () => {
  it('trains an LSTM on the series, the same twice', async () => {
    const host = hostOf('tensorflow');
    const fit = await host.fit(jobOf());
    expect(missOf(fit)).toBeLessThan(3);
    expect((await host.fit(jobOf())).result.rows[3].slice(0, 5)).toEqual(fit.result.rows[3].slice(0, 5));
  }, 240_000);

  it("runs a user's saved layers model, each file of which must have its hash", async () => {
    const layer = { name: 'dense', units: 72, activation: 'linear', use_bias: true, batch_input_shape: [null, 48], dtype: 'float32' };
    const topology = { class_name: 'Sequential', config: { name: 'tiny', layers: [{ class_name: 'Dense', config: layer }] } };
    const specs = [
      { name: 'dense/kernel', shape: [48, 72], dtype: 'float32' },
      { name: 'dense/bias', shape: [72], dtype: 'float32' },
    ];
    const saved = { modelTopology: topology, weightsManifest: [{ paths: ['weights.bin'], weights: specs }] };
    const json = Buffer.from(JSON.stringify(saved));
    const weights = Buffer.concat(tinyWeights([-0.2, 0, 0.2]).map((part) => Buffer.from(part.buffer)));
    writeFileSync(join(folder, 'model.json'), json);
    writeFileSync(join(folder, 'weights.bin'), weights);
    const hashes = { 'model.json': sha256(json), 'weights.bin': sha256(weights) };
    const good = hostOf('tensorflow', writeManifest('layers.json', { ...manifest, model: 'model.json', sha256: hashes }));
    expect(missOf(await good.fit(jobOf()))).toBeLessThan(1);
    const wrong = { ...hashes, 'weights.bin': sha256(json) };
    const bad = hostOf('tensorflow', writeManifest('layers-wrong.json', { ...manifest, model: 'model.json', sha256: wrong }));
    await expect(bad.load()).rejects.toThrow(/weights\.bin: got SHA-256/);
  }, 240_000);
});

describe('a package that is not installed', () => {
  it('is named with the line that installs it', async () => {
    const settings = { name: 'mine', plugin: 'onnx', file: 'tiny.json', timeout: 60, memory: 256 };
    const host = new PluginHost(settings, { worker: builtWorker('alone', folder), clock: () => 0 });
    hosts.push(host);
    await expect(host.load()).rejects.toThrow('plug-in onnx: got no package onnxruntime-web, want: npm i onnxruntime-web');
    await expect(host.load()).rejects.toThrow(MissingPackage);
  });
});
