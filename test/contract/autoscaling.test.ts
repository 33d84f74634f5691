import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { shapeOf } from '../../ml-sidecar/src/app/shape.ts';
import { parseConfiguration } from '../../ml-sidecar/src/configuration/parse.ts';
import { createStore, type Batch, type Store } from '../../ml-sidecar/src/replay/store.ts';
import { emitGauges } from '../../ml-sidecar/src/serve/metrics.ts';
import { Watch } from '../../ml-sidecar/src/watch/watch.ts';
import { findBinaries } from '../../stack/src/binaries.ts';
import { hashed } from '../../stack/src/demo/noise.ts';
import { execute } from '../../stack/src/execute.ts';
import { repositoryFile, testMachine } from './machine.ts';

const read = (name: string): string => readFileSync(repositoryFile(`deploy/autoscaling/${name}`), 'utf8');
const scaledObject: { spec: { triggers: { type: string; metadata: { query: string; threshold: string } }[] } } = parse(
  read('keda-scaledobject.yml'),
);
const hpa: { spec: { metrics: { external: { metric: { name: string } } }[] } } = parse(read('hpa.yml'));
const adapter: { rules: { external: { seriesQuery: string; name: { as: string }; metricsQuery: string }[] } } = parse(
  read('prometheus-adapter.yml'),
);
const rules: { groups: { rules: { record: string; expr: string }[] }[] } = parse(read('recording-rules.yml'));
const [{ record, expr }] = rules.groups[0].rules;
const [{ metadata: trigger }] = scaledObject.spec.triggers;
const [external] = adapter.rules.external;

const refused = (check: () => void): string => {
  try {
    check();
    return '';
  } catch (error) {
    return String(error);
  }
};

test('the manifests keep the schemas of KEDA and Kubernetes, and a misspelt field does not', () => {
  const keda = parse(read('keda-scaledobject.yml'));
  expect(refused(() => new ScaledObject(keda).validate())).toBe('');
  const [first] = keda.spec.triggers;
  expect(refused(() => new ScaledObject({ ...keda, spec: { ...keda.spec, triggers: [{ ...first, metadata: 5 }] } }).validate())).toMatch(
    /metadata/,
  );
  const pods = parse(read('hpa.yml'));
  expect(refused(() => new HorizontalPodAutoscaler(pods).validate())).toBe('');
  expect(refused(() => new HorizontalPodAutoscaler({ ...pods, spec: { ...pods.spec, maxReplicas: '40' } }).validate())).toMatch(
    /maxReplicas/,
  );
});

/** Parameters of KEDA's prometheus scaler, by its documentation; the schema of a ScaledObject takes any text. */
const kedaParameters = ['serverAddress', 'query', 'threshold', 'activationThreshold', 'namespace', 'customHeaders', 'ignoreNullValues'];

test('the three name the same metric and ask for it in the same way', () => {
  expect(Object.keys(trigger).filter((name) => !kedaParameters.includes(name))).toEqual([]);
  expect(Number(trigger.threshold)).toBeGreaterThan(0);
  expect(trigger.query).toBe(expr);
  expect(external.seriesQuery).toContain(record);
  expect(external.name.as).toBe(hpa.spec.metrics[0].external.metric.name);
});

test('the recording rule passes promtool', async () => {
  const { promtool } = await findBinaries(testMachine());
  const { output } = await execute(
    promtool.path,
    [...promtool.args, 'check', 'rules', repositoryFile('deploy/autoscaling/recording-rules.yml')],
    {
      environment: { ...process.env, ...promtool.environment },
    },
  );
  expect(output).toContain('SUCCESS');
});

describe('on a real Prometheus', () => {
  const MINUTE = 60;
  const DAY = 86_400;
  const now = Date.UTC(2026, 5, 15, 7, 0) / 1000;
  let folder: string;
  let store: Store;

  /** Requests a second: a day's wave that rises fast at seven in the morning. */
  const requests = (time: number): number =>
    100 + 900 / (1 + Math.exp(-((time % DAY) / 3600 - 7.5) * 4)) - 850 / (1 + Math.exp(-((time % DAY) / 3600 - 18) * 4));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'presage-autoscaling-'));
    const binaries = await findBinaries(testMachine());
    const sleep = (seconds: number): Promise<void> => setTimeout(seconds * 1000);
    store = createStore({ folder, ...binaries, environment: process.env, lookback: 300, sleep, random: Math.random });
    const batch = store.batch(join(folder, 'samples'));
    await writeGauges(batch);
    // Three moments: Presage is trusted, then distrusted, then gone; the service is there in all.
    for (const moment of [now, now + DAY, now + 2 * DAY]) {
      for (let time = moment - 300; time <= moment; time += 15)
        batch.add('http_requests_total', { job: 'web', instance: 'web-1' }, time, 1e6 + (time - moment) * requests(now));
    }
    batch.close();
    await store.load([join(folder, 'samples')]);
  }, 120_000);

  afterAll(async () => {
    await store.stop();
    rmSync(folder, { recursive: true });
  });

  /** What a sidecar with the configuration at hand shows at `now`; a day later the same with a skill below zero. */
  async function writeGauges(batch: Batch): Promise<void> {
    const parsed = parseConfiguration(read('presage.yml'), { forecasters: ['auto'], detectors: ['auto'] });
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
    const { watches, gauges } = parsed.configuration;
    const watch = new Watch(watches[0], shapeOf(watches[0], gauges));
    const length = (7 * DAY) / MINUTE;
    const index = Math.floor(now / MINUTE);
    const values = Float64Array.from({ length }, (_, i) => requests((index - length + 1 + i) * MINUTE) * (1 + 0.08 * hashed(1, i)));
    await watch.load(index, length, [{ labels: {}, values }], { pause: async () => {}, clock: () => 0 });
    const scraped = (labels: string): string => `${labels.slice(0, -1)},instance="sidecar:9867",job="presage"}`;
    for (const series of watch.series.values()) {
      for (const later of [0, DAY]) {
        emitGauges(watch, series, gauges, now, {
          wants: () => true,
          add: (name, labels, value) =>
            batch.addText(name, scraped(labels), now + later - 5, name === 'presage_forecast_skill_ratio' && later > 0 ? -0.1 : value),
        });
      }
    }
  }

  const asked = async (query: string, time: number): Promise<number> => {
    const found = await store.client.query(query, time);
    expect(found).toHaveLength(1);
    return found[0].value;
  };

  test('the demand is what is predicted while that is trusted, and what is seen otherwise', async () => {
    const trusted = await asked(trigger.query, now);
    // Ten minutes later, on the slope of the morning.
    expect(trusted).toBeGreaterThan(1.2 * requests(now));
    expect(trusted / requests(now + 600)).toBeGreaterThan(0.9);
    expect(trusted / requests(now + 600)).toBeLessThan(1.3);
    expect((await asked(trigger.query, now + DAY)) / requests(now)).toBeCloseTo(1, 1);
    expect((await asked(trigger.query, now + 2 * DAY)) / requests(now)).toBeCloseTo(1, 1);
  });

  test('the adapter finds what the rule records, and asks for it', async () => {
    const file = join(folder, 'recorded');
    const batch = store.batch(file);
    batch.add(record, {}, now, await asked(expr, now));
    batch.close();
    await store.load([file]);
    expect(await store.client.query(external.seriesQuery, now)).toHaveLength(1);
    const query = external.metricsQuery.replace('<<.Series>>', record).replace('<<.LabelMatchers>>', '');
    expect(await asked(query, now)).toBeGreaterThan(requests(now));
  });
});
