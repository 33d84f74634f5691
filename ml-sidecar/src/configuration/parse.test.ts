import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { autoDefaults } from '../detectors/auto-plan.ts';
import { formatFault, parseConfiguration } from './parse.ts';

const known = { forecasters: ['auto', 'seasonal-naive'], detectors: ['auto', 'robust-zscore'] };
const folder = new URL('testdata/', import.meta.url);
const parse = (name: string) => parseConfiguration(readFileSync(new URL(`${name}.yml`, folder), 'utf8'), known);

/** What each bad file of testdata/ is told: position, place, finding, wish. */
const told: Readonly<Record<string, readonly string[]>> = {
  'bad-detection': [
    'x.yml:3:40: watches[0].resolution: got "7s", want a whole part of the step of 5m',
    'x.yml:3:57: watches[0].recorded_as: got "sum(up)", want a plain selector',
    'x.yml:3:89: watches[0].detection.needed: got 3, want at most the window, 2',
  ],
  'bad-transports': [
    'x.yml:3:17: transports.redis.url: got "redis://:<secret>@127.0.0.1", want no password in the address: use password_file',
    'x.yml:4:22: transports.kafka.brokers[0]: got "kafka", want an address such as kafka-1:9092',
    'x.yml:6:52: watches[0].detection.direction: got "up", want both, above or below',
  ],
  'bad-tls': ['x.yml:3:63: transports.redis.tls_config: got {"ca_file":"/ca.crt"}, want an address that begins with rediss:// beside it'],
  'bad-duration': ['x.yml:5:11: watches[0].step: got "90", want a duration such as 90s, 1h30m or 14d'],
  'bad-url': ['x.yml:1:20: prometheus.url: got "127.0.0.1:9090", want an address such as http://127.0.0.1:9090'],
  'bounds-reversed': ['x.yml:3:36: watches[0].bounds: got [1,0], want a lower bound below the upper bound'],
  'duplicate-key': ['x.yml:3:28: got Map keys must be unique, want well-formed YAML'],
  'duplicate-limit': ['x.yml:3:71: watches[0].limits[1].name: got "full", want a name that no other limit of the watch has'],
  'duplicate-name': ['x.yml:4:13: watches[1].name: got "cpu", want a name that watches[0] does not have already'],
  'history-of-a-few-steps': ['x.yml:3:47: watches[0].history: got "1d", want at least 30 steps of 1h'],
  'limit-on-both-sides': [
    'x.yml:3:37: watches[0].limits[0]: got {"name":"full","above":1,"below":0}, want either above or below with a number',
  ],
  'no-url': ['x.yml:1:13: prometheus.url: got nothing, want an address such as http://127.0.0.1:9090'],
  'no-watches': ['x.yml:2:10: watches: got [], want at least one watch'],
  'not-yaml': [
    'x.yml:2:1: got Flow map in block collection must be sufficiently indented and end with a }, want well-formed YAML',
    'x.yml:3:1: got Flow sequence in block collection must be sufficiently indented and end with a ], want well-formed YAML',
  ],
  'password-in-url': [
    'x.yml:1:20: prometheus.url: got "http://me:<secret>@127.0.0.1:9090", want no password in the address: use basic_auth with password_file',
  ],
  'preset-without-unknown-watch': [
    'x.yml:3:30: watches[0].without: got "cpus", want one of cpu, load, memory, file-descriptors, filesystem, filesystem-inodes, disk-latency, disk-saturation, network-receive, network-transmit, probe-latency, certificate-expiry',
  ],
  'two-faults': [
    'x.yml:1:20: prometheus.url: got 9090, want an address such as http://127.0.0.1:9090',
    'x.yml:3:13: watches[0].name: got "a b", want a name of letters, digits, _ and -, at most 63 long',
  ],
  'unknown-key': ['x.yml:3:37: watches[0].hystory: got an unknown key, want a key of docs/configuration.md'],
  'unknown-timezone': ['x.yml:3:38: watches[0].timezone: got "Europe/Atlantis", want an IANA time zone such as Europe/Berlin'],
  'unknown-model': ['x.yml:3:40: watches[0].forecaster: got "crystal-ball", want one of auto, seasonal-naive'],
  'unknown-preset': ['x.yml:3:15: watches[0].preset: got "nod", want one of node'],
  'wrong-type': ['x.yml:3:42: watches[0].series_limit: got "many", want a whole number from 1 to 1000000'],
};

const bad = readdirSync(folder)
  .map((file) => file.replace('.yml', ''))
  .filter((name) => name !== 'good');

test.each(bad)('%s is told with place, finding and wish', (name) => {
  const parsed = parse(name);
  const faults = 'faults' in parsed ? parsed.faults.map((fault) => formatFault('x.yml', fault)) : [];
  expect(faults).toEqual(told[name]);
});

test('a good file is completed and frozen', () => {
  const parsed = parse('good');
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const { configuration } = parsed;
  expect(configuration.prometheus.url).toBe('http://127.0.0.1:9090');
  expect(configuration.gauges).toEqual({ quantiles: [0.5, 0.9], horizons: [3600, 21_600] });
  expect(configuration.watches[0]).toEqual({
    name: 'alive',
    expr: 'up',
    resolution: 60,
    live: true,
    step: 60,
    history: 14 * 86_400,
    horizon: 86_400,
    refit: 120,
    delay: 10,
    bounds: [0, Infinity],
    limits: [{ name: 'low', side: 'below', value: 0.5 }],
    forecaster: 'auto',
    detector: 'auto',
    detection: autoDefaults,
    timezone: 'UTC',
    distrustAlerts: false,
    seriesLimit: 1000,
  });
  expect(configuration.watches.at(-1)).toMatchObject({
    recordedAs: 'load:half',
    resolution: 15,
    detection: { ...autoDefaults, falseAlertsPerWeek: 0.1, quietSeconds: 3600 },
  });
  expect(configuration.transports).toEqual({
    redis: {
      url: 'rediss://127.0.0.1:6379',
      tls: { ca: '/etc/presage/redis-ca.crt', cert: '', key: '', serverName: 'redis.internal' },
      stream: 'presage',
      group: 'presage',
      consumer: 'web-1',
      claimSeconds: 60,
    },
    kafka: {
      brokers: ['kafka-1:9092'],
      topic: 'presage',
      group: 'presage',
      tls: true,
      sasl: { mechanism: 'plain', username: 'me', passwordFile: '/run/secret' },
      sessionSeconds: 30,
    },
  });
  const names = configuration.watches.map((watch) => watch.name);
  expect(names.filter((name) => name === 'load')).toHaveLength(1);
  expect(configuration.watches.find(({ name }) => name === 'memory')).toMatchObject({
    step: 300,
    expr:
      '1 - node_memory_MemAvailable_bytes{job="node"} / node_memory_MemTotal_bytes{job="node"}' +
      ' or 1 - node_memory_available_bytes{job="node"} / node_memory_total_bytes{job="node"}',
  });
  expect(Object.isFrozen(configuration.watches[0].limits)).toBe(true);
});

test.each([
  ['', 900],
  ['series_limit: 10000', 900],
  ['series_limit: 10001', 1800],
  ['series_limit: 50000', 3600],
  ['series_limit: 1000000', 3600],
  ['series_limit: 50000, refit: 5m', 300],
])('with {%s} a series is fitted every %i s', (tuning, seconds) => {
  const parsed = parseConfiguration(`prometheus: { url: http://h:1 }\nwatches: [{ name: a, expr: up, ${tuning} }]`, known);
  expect(parsed).toMatchObject({ configuration: { watches: [{ refit: seconds }] } });
});

test('an alias without an anchor is a fault of the file, and so are aliases that would unfold without end', () => {
  const bomb = [
    'a: &a [x]',
    ...Array.from({ length: 12 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`},`.repeat(9)}]`),
  ].join('\n');
  for (const text of ['prometheus: *nowhere', bomb])
    expect(parseConfiguration(text, known)).toMatchObject({ faults: [{ place: '', want: 'an anchor for every alias, and few aliases' }] });
});
