import { createDice, damage, type Dice, fuzzRun } from '@presage/service/fuzz.ts';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { formatFault, parseConfiguration } from './parse.ts';

// PRESAGE_FUZZ_CASES=100000 PRESAGE_FUZZ_SEED=7 npx vitest run --project unit ml-sidecar/src/configuration/fuzz
const { cases, seed } = fuzzRun(process.env, 300);
console.log(`fuzz of the configuration: ${cases} cases, PRESAGE_FUZZ_SEED=${seed}`);

const known = { forecasters: ['auto', 'seasonal-naive'], detectors: ['auto'], plugins: [{ name: 'module', file: 'needed' as const }] };
const whole = {
  prometheus: {
    url: 'http://127.0.0.1:9090',
    timeout: '30s',
    headers: { 'X-Scope-OrgID': 'a' },
    basic_auth: { username: 'u', password_file: '/p' },
  },
  defaults: { step: '5m', timezone: 'Europe/Berlin', detection: { needed: 2, window: 3 } },
  hosts: { label: 'instance' },
  api: { roles: { a: 'read' }, tokens: [{ name: 'a', token_file: '/t', role: 'admin' }], others: 'none', hosts: ['x'] },
  transports: { redis: { url: 'redis://127.0.0.1', consumer: 'a' }, kafka: { brokers: ['a:9092'] } },
  models: [{ name: 'm', plugin: 'module', file: 'm.mjs' }],
  metrics: { quantiles: [0.1, 0.9], horizons: ['1h'] },
  watches: [
    { name: 'w', expr: 'up', recorded_as: 'x:y{a="b"}', bounds: [0, null], limits: [{ name: 'high', above: 1 }] },
    { preset: 'node', matchers: 'job="node"' },
  ],
};
const strange: readonly unknown[] = [
  null,
  '',
  0,
  -1,
  1e308,
  Infinity,
  NaN,
  true,
  [],
  {},
  [[]],
  'x'.repeat(5000),
  '\u0000',
  '__proto__',
  '90',
  '1y9999w',
  '{',
  'up{a=~"("}',
  '../..',
  { __proto__: 1 },
];

it(
  `a file is either a configuration or has faults with a place, in ${cases} cases of seed ${seed}`,
  { timeout: 60_000 + cases * 10 },
  () => {
    const dice = createDice(seed);
    const text = Buffer.from(stringify(whole));
    let taken = 0;
    for (let i = 0; i < cases; i++) {
      const given = dice.below(2) === 0 ? Buffer.from(damage(text, dice)).toString() : stringify(changed(whole, dice));
      const parsed = parseConfiguration(given, known);
      if ('configuration' in parsed) taken++;
      const faults = 'faults' in parsed ? parsed.faults.map((fault) => formatFault('f.yml', fault)) : ['f.yml: got it, want it'];
      expect(faults.length).toBeGreaterThan(0);
      for (const fault of faults) expect(fault).toMatch(/^f\.yml(?::\d+:\d+)?: [^]*got [^]*, want [^]+$/);
    }
    expect(Reflect.ownKeys(Object.prototype)).not.toContain('polluted');
    expect(taken).toBeGreaterThan(0);
  },
);

/** A copy with something strange somewhere within. */
function changed(value: unknown, dice: Dice): unknown {
  if (dice.below(12) === 0) return dice.pick(strange);
  if (Array.isArray(value)) return value.map((one) => (dice.below(3) === 0 ? changed(one, dice) : one));
  if (typeof value !== 'object' || value === null) return dice.below(4) === 0 ? dice.pick(strange) : value;
  const entries = Object.entries(value).map(([key, one]) => [
    dice.below(60) === 0 ? '__proto__' : key,
    dice.below(3) === 0 ? changed(one, dice) : one,
  ]);
  return Object.fromEntries(entries);
}
