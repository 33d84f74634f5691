import { afterAll, expect, test } from 'vitest';
import { closeServers, serve } from '../prometheus/client.fixture.ts';
import { createTransport } from '../prometheus/transport.ts';
import { examineGrafana } from './grafana.ts';

afterAll(closeServers);

/** A server that answers as Grafana's API does: by path its status and body. */
async function verdictsOf(answers: Readonly<Record<string, readonly [number, unknown]>>): Promise<string[]> {
  const { url } = await serve([
    (_, response, request) => {
      const [status, body] = answers[request.url ?? ''] ?? [404, { message: 'not found' }];
      response.writeHead(status).end(JSON.stringify(body));
    },
  ]);
  const grafana = createTransport({ url, timeoutSeconds: 5, maxAnswerBytes: 1e6, bearerToken: 'token' });
  return (await examineGrafana(grafana)).map(({ verdict, text }) => `${verdict} ${text}`);
}

const panel = '/api/plugins/presage-forecast-panel/settings';
const sources = '/api/datasources';
const prometheus = { name: 'Prometheus', type: 'prometheus', jsonData: { incrementalQuerying: false } };

test('a Grafana with panel and data source is well', async () => {
  expect(await verdictsOf({ [panel]: [200, { info: { version: '0.1.0' } }], [sources]: [200, [prometheus]] })).toEqual([
    'right grafana: the panel is installed, version 0.1.0',
    'right grafana: data source Prometheus asks for every range anew',
  ]);
});

test('one without the panel is told what is missing', async () => {
  expect(await verdictsOf({ [sources]: [200, [{ name: 'Loki', type: 'loki' }]] })).toEqual([
    'wrong grafana: got no panel presage-forecast-panel, want it among the plug-ins',
    'wrong grafana: got no data source of type prometheus, want one: see provisioning/grafana',
  ]);
});

test('a data source that keeps old forecasts is doubtful', async () => {
  const keeping = { ...prometheus, jsonData: { incrementalQuerying: true } };
  const verdicts = await verdictsOf({ [panel]: [200, {}], [sources]: [200, [keeping]] });
  expect(verdicts[1]).toMatch(/^doubtful grafana: data source Prometheus has incrementalQuerying: true/);
});

test('one that lets nobody in says so', async () => {
  expect(await verdictsOf({ [panel]: [401, {}], [sources]: [401, {}] })).toEqual([
    expect.stringMatching(/^wrong grafana: got no access, .*--grafana\.token\.file/),
  ]);
});
