import { expect, test } from 'vitest';
import { readExternalLabels, withoutExternal } from './external-labels.ts';
import { PrometheusError } from './prometheus-error.ts';

const answering = (yaml: string) => ({ get: async () => ({ yaml }) });

test.each([
  ['global:\n  scrape_interval: 15s\n  external_labels:\n    cluster: eu\n    replica: 0\n', { cluster: 'eu', replica: '0' }],
  ['global:\n  scrape_interval: 15s\n', {}],
  ['scrape_configs: []\n', {}],
  ['{', {}],
])('%j says which labels are external', async (yaml, labels) => {
  expect(await readExternalLabels(answering(yaml))).toEqual(labels);
});

test('a server that does not tell has none, one that cannot be asked is an error', async () => {
  const failing = (kind: 'refused' | 'unreachable') => ({ get: () => Promise.reject(new PrometheusError(kind, 'no')) });
  expect(await readExternalLabels({ get: async () => 'something else' })).toEqual({});
  expect(await readExternalLabels(failing('refused'))).toEqual({});
  await expect(readExternalLabels(failing('unreachable'))).rejects.toThrow(PrometheusError);
});

test('only a label with the same value is taken off', () => {
  const external = { cluster: 'eu' };
  expect(withoutExternal({ cluster: 'eu', instance: 'a' }, external)).toEqual({ instance: 'a' });
  expect(withoutExternal({ cluster: 'us', instance: 'a' }, external)).toEqual({ cluster: 'us', instance: 'a' });
  expect(withoutExternal({ instance: 'a' }, external)).toEqual({ instance: 'a' });
});
