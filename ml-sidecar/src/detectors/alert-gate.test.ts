import { describe, expect, it } from 'vitest';
import { advance, alerts, GATE_LENGTH, gateRule, type GateRule, type GateTimes } from './alert-gate.ts';

const times: GateTimes = { quietSeconds: 3600, muteSeconds: 1800, needed: 1, window: 1 };

/** Steps of five minutes; `x` is above the threshold. Gives `A` where it alerts, `.` where it does not. */
function through(signal: string, rule: GateRule): string {
  const state = new Float64Array(GATE_LENGTH);
  return Array.from(signal, (sign) => {
    const above = sign === 'x';
    const alerting = alerts(state, 0, rule, above);
    advance(state, 0, rule, above);
    return alerting ? 'A' : '.';
  }).join('');
}

describe('the gate between a score and an alert', () => {
  const rule = gateRule(300, times);
  it.each([
    ['passes the first value above the threshold', '..x..', '..A..'],
    ['alerts at the very first step', 'x', 'A'],
    ['takes runs with a short break for one alert', '.xx.xx.', '.AA.AA.'],
    ['is quiet for an hour after an alert', '.x...x.....x.x.', '.A...........A.'],
    ['mutes what lasts over half an hour', 'xxxxxxxxxxxx', 'AAAAAAA.....'],
    ['stays mute until the series has come back and the quiet time is over', 'xxxxxxxxxx...xxxxxxxxx', 'AAAAAAA...........AAAA'],
  ])('%s', (_, signal, alarms) => {
    expect(through(signal, rule)).toBe(alarms);
  });

  it('wants so many of the last values, counting the present one', () => {
    const persistent = gateRule(300, { ...times, needed: 2, window: 3 });
    expect(through('.x...x.x.', persistent)).toBe('.......A.');
    expect(through('.x...xx..', persistent)).toBe('......A..');
  });
});
