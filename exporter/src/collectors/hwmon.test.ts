import { silentLogger } from '@presage/service/log.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { closeHost } from '../host/host.ts';
import { createRunner } from '../scrape/runner.ts';
import { hostOver, startWith, unpack, type FixtureTree } from '../testing/fixture-host.ts';
import { cleanName, sensorFamily, sensorFile } from './hwmon-sensors.ts';

describe('sensorFile', () => {
  it.each([
    ['temp1_crit_alarm', 'temp1', 'temp', 'crit_alarm'],
    ['pwm2', 'pwm2', 'pwm', ''],
    ['in0_input', 'in0', 'in', 'input'],
    ['beep_enable', 'beep_enable0', 'beep_enable', ''],
  ])('reads %j', (file, sensor, type, property) => expect(sensorFile(file)).toEqual({ sensor, type, property }));
  it.each(['name', 'power', 'uevent', 'tempx_input', 'device', ''])('knows no sensor in %j', (file) =>
    expect(sensorFile(file)).toBeUndefined(),
  );
});

describe('sensorFamily', () => {
  it.each([
    ['temp', 'input', false, 'node_hwmon_temp_celsius'],
    ['temp', 'input', true, 'node_hwmon_temp_input_celsius'],
    ['temp', 'type', false, 'node_hwmon_temp_type'],
    ['temp', 'fault', false, 'node_hwmon_temp_fault'],
    ['in', 'lcrit', false, 'node_hwmon_in_lcrit_volts'],
    ['power', 'average', false, 'node_hwmon_power_average_watt'],
    ['energy', 'input', false, 'node_hwmon_energy_joule_total'],
    ['fan', 'div', false, 'node_hwmon_fan_div'],
  ])('names %s %s (%s) %s', (type, property, plain, name) => expect(sensorFamily(type, property, plain).name).toBe(name));
});

describe('cleanName', () => {
  it.each([
    ['Core 0!\n', 'core_0'],
    ['pci0000:00', 'pci0000:00'],
    ['__', ''],
  ])('cleans %j', (text, name) => expect(cleanName(text)).toBe(name));
});

describe('the filters of hwmon', () => {
  let tree: FixtureTree;
  afterEach(() => tree.clear());
  const families = async (...flags: string[]) => {
    tree = unpack(['hwmon']);
    const host = hostOver(tree.root);
    const started = startWith(['--collector.disable-defaults', '--collector.hwmon', ...flags]);
    const { text } = await createRunner(host, started, silentLogger).scrape(5);
    closeHost(host);
    return text.split('\n').filter((line) => line.startsWith('node_hwmon_'));
  };

  it('show one chip, or all sensors of a chip but one', async () => {
    const one = await families('--collector.hwmon.chip-include=^platform_');
    expect(one.length).toBeGreaterThan(5);
    for (const line of one) expect(line).toContain('chip="platform_coretemp_7"');
    const without = await families('--collector.hwmon.sensor-exclude=^nct6798;pwm1$');
    expect(without.filter((line) => line.includes('pwm'))).toEqual([]);
    expect(without.some((line) => line.includes('nct6798'))).toBe(true);
  });
});
