import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { examineRemoteRead, examineRemoteWrite, examineScrape, readPrometheusFile, type PrometheusFile } from './prometheus-file.ts';

const shipped = (name: string): PrometheusFile => {
  const file = readPrometheusFile(readFileSync(new URL(`../../../provisioning/prometheus/${name}`, import.meta.url), 'utf8'));
  if (!file) throw new Error(`${name}: cannot be read`);
  return file;
};
const sidecar = 'sidecar:9867';
const url = `http://${sidecar}/api/v1/read`;
const good = { url, read_recent: true, required_matchers: { __name__: 'presage_forecast' } };

test('what is shipped is right', () => {
  const verdicts = [
    ...examineRemoteRead(shipped('prometheus.yml'), sidecar),
    ...examineScrape(shipped('prometheus.yml'), 'presage', sidecar),
    ...examineRemoteWrite(shipped('remote-write.yml'), sidecar),
  ].map(({ verdict }) => verdict);
  expect(verdicts).toEqual(['right', 'right', 'right']);
});

test('the lines to paste are right themselves', () => {
  const pasted = [...examineRemoteRead({}, sidecar), ...examineRemoteWrite({}, sidecar), ...examineScrape({}, undefined, sidecar)].map(
    ({ paste }) => paste?.lines ?? '',
  );
  expect(pasted.every((lines) => lines !== '')).toBe(true);
  const file = readPrometheusFile(pasted.join('\n')) ?? {};
  const again = [...examineRemoteRead(file, sidecar), ...examineRemoteWrite(file, sidecar), ...examineScrape(file, 'presage', sidecar)];
  expect(again.map(({ verdict }) => verdict)).toEqual(['right', 'right', 'right']);
});

describe('remote_read', () => {
  const external = { global: { external_labels: { cluster: 'a' } } };
  test.each<[string, PrometheusFile, string[]]>([
    ['is not there', {}, ['wrong']],
    ['asks another sidecar for something else', { remote_read: [{ url: 'http://other:1/api/v1/read' }] }, ['wrong']],
    ['asks for everything', { remote_read: [{ url, read_recent: true }] }, ['wrong']],
    ['asks for what Prometheus lacks alone', { remote_read: [{ ...good, read_recent: false }] }, ['wrong']],
    ['asks at another path', { remote_read: [{ ...good, url: 'http://sidecar:9867/read' }] }, ['wrong']],
    ['asks with external labels', { remote_read: [{ ...good, filter_external_labels: true }], ...external }, ['wrong']],
    ['leaves external labels out', { remote_read: [good], ...external }, ['right']],
    ['is well', { remote_read: [good] }, ['right']],
  ])('%s', (_, file, verdicts) => {
    expect(examineRemoteRead(file, sidecar).map(({ verdict }) => verdict)).toEqual(verdicts);
  });

  test('every fault is told at once', () => {
    const texts = examineRemoteRead({ remote_read: [{ url, filter_external_labels: true }], ...external }, sidecar).map(({ text }) => text);
    expect(texts.join('\n')).toMatch(/no required_matchers[^]*read_recent[^]*external labels \(cluster\)/);
  });
});

describe('remote_write', () => {
  const to = 'http://sidecar:9867/api/v1/write';
  test.each<[string, PrometheusFile, RegExp]>([
    ['is not there', {}, /no section/],
    ['goes elsewhere', { remote_write: [{ url: 'http://mimir/api/v1/write' }] }, /no section/],
    [
      'waits as by default',
      { remote_write: [{ url: to, queue_config: { retry_on_http_429: true } }] },
      /batch_send_deadline 5s, want 200ms/,
    ],
    ['gives up', { remote_write: [{ url: to, queue_config: { batch_send_deadline: '1s' } }] }, /retry_on_http_429/],
    [
      'speaks version 2',
      {
        remote_write: [
          {
            url: to,
            protobuf_message: 'io.prometheus.write.v2.Request',
            queue_config: { batch_send_deadline: '1s', retry_on_http_429: true },
          },
        ],
      },
      /version 1/,
    ],
  ])('%s', (_, file, text) => {
    const [finding] = examineRemoteWrite(file, sidecar);
    expect(finding).toMatchObject({ verdict: 'doubtful', text: expect.stringMatching(text) });
  });
});

describe('the scrape of the sidecar', () => {
  const job = { job_name: 'presage' };
  test.each<[string, PrometheusFile, string]>([
    ['renames labels', { scrape_configs: [job] }, 'wrong'],
    ['comes seldom', { scrape_configs: [{ ...job, honor_labels: true, scrape_interval: '5m' }] }, 'doubtful'],
    ['comes as seldom as all', { global: { scrape_interval: '2m' }, scrape_configs: [{ ...job, honor_labels: true }] }, 'doubtful'],
    ['is well', { scrape_configs: [{ ...job, honor_labels: true, scrape_interval: '30s' }] }, 'right'],
  ])('%s', (_, file, verdict) => {
    expect(examineScrape(file, 'presage', sidecar).map((finding) => finding.verdict)).toEqual([verdict]);
  });

  test('has not come yet', () => {
    const file = { scrape_configs: [{ ...job, static_configs: [{ targets: [sidecar] }] }] };
    expect(examineScrape(file, undefined, sidecar)).toMatchObject([
      { verdict: 'doubtful', text: expect.stringMatching(/not been scraped yet/) },
    ]);
    expect(examineScrape(file, undefined, 'other:9867')).toMatchObject([{ verdict: 'wrong' }]);
  });
});
