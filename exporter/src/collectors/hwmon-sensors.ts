import type { MetricType } from '@presage/service/exposition.ts';

/** A file of a chip: `temp1_crit` is of the sensor temp1, of type temp, with the property crit. */
export interface SensorFile {
  readonly sensor: string;
  readonly type: string;
  readonly property: string;
}

/** Types of sensors (kernel docs, hwmon/sysfs-interface.rst) that are shown. */
const TYPES = new Set('vrm beep_enable update_interval in cpu fan pwm temp curr power energy humidity intrusion freq'.split(' '));

/** Of these alone a name without number and property is a file; `power` is a folder of every device. */
const UNNUMBERED = new Set(['vrm', 'beep_enable', 'update_interval']);

const known = new Map<string, SensorFile | undefined>();

/** What a file name says, or undefined where it is of no sensor. A sensor without a number has the number 0. */
export function sensorFile(file: string): SensorFile | undefined {
  if (known.has(file)) return known.get(file);
  const match = /^([^0-9]+)([0-9]*)(?:_(.+))?$/.exec(file);
  const [, type = '', number = '', property = ''] = match ?? [];
  const isSensor = TYPES.has(type) && (number !== '' || property !== '' || UNNUMBERED.has(type));
  const parsed = isSensor ? { sensor: `${type}${Number(number)}`, type, property } : undefined;
  known.set(file, parsed);
  return parsed;
}

/** Lower case, with everything but letters, digits, colon and underscore made underscores, those at the ends left off. */
export function cleanName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9:_]/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

/** A metric family and what the file's number is multiplied with to reach its unit. */
export interface SensorFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly factor: number;
}

const families = new Map<string, SensorFamily>();

/**
 * The family of a type's property. `plain` says that the sensor has a file without a property as well, which then has the shorter
 * name. Units as the kernel keeps them: mV, m°C, mA, µW, µJ, ms, milli-percent.
 */
export function sensorFamily(type: string, property: string, plain: boolean): SensorFamily {
  const key = `${type} ${property} ${plain}`;
  let family = families.get(key);
  if (family === undefined) {
    family = chooseFamily(type, property, baseName(type, property, plain));
    families.set(key, family);
  }
  return family;
}

function baseName(type: string, property: string, plain: boolean): string {
  if (property === '' || (property === 'input' && !plain)) return `node_hwmon_${type}`;
  return `node_hwmon_${type}_${cleanName(property)}`;
}

function chooseFamily(type: string, property: string, name: string): SensorFamily {
  const gauge = (suffix: string, help: string, factor = 1): SensorFamily => ({ name: name + suffix, help, type: 'gauge', factor });
  if (type === 'beep_enable') return { name: 'node_hwmon_beep_enabled', help: '1 where the chip may beep.', type: 'gauge', factor: 1 };
  if (type === 'vrm')
    return { name: 'node_hwmon_voltage_regulator_version', help: 'Version of the voltage regulator module.', type: 'gauge', factor: 1 };
  if (type === 'update_interval') return gauge('_seconds', 'Time from one measurement of the chip to the next, in seconds.', 0.001);
  if (property === 'fault' || property === 'alarm')
    return gauge('', `1 where the sensor, of type ${type}, gives a${property === 'alarm' ? 'n alarm' : ' fault'}.`);
  if (property === 'beep') return gauge('_enabled', '1 where the chip beeps at an alarm of the sensor.');
  if (type === 'in' || type === 'cpu') return gauge('_volts', `Voltage in volts: ${spoken(property)}.`, 0.001);
  if (type === 'temp' && property !== 'type') return gauge('_celsius', `Temperature in degrees Celsius: ${spoken(property)}.`, 0.001);
  if (type === 'curr') return gauge('_amps', `Current in amperes: ${spoken(property)}.`, 0.001);
  if (type === 'energy')
    return { name: `${name}_joule_total`, help: `Energy used so far in joules: ${spoken(property)}.`, type: 'counter', factor: 1e-6 };
  if (type === 'power') return powerFamily(property, gauge);
  if (type === 'humidity') return gauge('', `Relative humidity from 0 to 1: ${spoken(property)}.`, 1e-6);
  if (type === 'fan' && ['input', 'min', 'max', 'target'].includes(property))
    return gauge('_rpm', `Speed of the fan in turns a minute: ${spoken(property)}.`);
  if (type === 'freq' && property === 'input') return gauge('_freq_mhz', 'Frequency in MHz.', 1e-6);
  return gauge('', `Sensor of type ${type}: ${spoken(property)}.`);
}

function powerFamily(property: string, gauge: (suffix: string, help: string, factor: number) => SensorFamily): SensorFamily {
  if (property === 'accuracy') return gauge('', 'Accuracy of the power meter from 0 to 1.', 1e-6);
  if (/^average_interval(_min|_max)?$/.test(property))
    return gauge('_seconds', `Time over which power is averaged in seconds: ${spoken(property)}.`, 0.001);
  return gauge('_watt', `Power in watts: ${spoken(property)}.`, 1e-6);
}

/** Words for the usual properties of sensors; the others are named as their file. */
const SPOKEN: Readonly<Record<string, string>> = {
  '': 'measured',
  input: 'measured',
  average: 'mean',
  crit: 'critical',
  crit_alarm: 'critical reached',
  crit_hyst: 'end of critical',
  highest: 'highest so far',
  lowest: 'lowest so far',
  max: 'highest allowed',
  max_alarm: 'highest allowed reached',
  max_hyst: 'end of too high',
  min: 'lowest allowed',
  min_alarm: 'lowest allowed reached',
  target: 'aimed at',
};

function spoken(property: string): string {
  return SPOKEN[property] ?? property.replaceAll('_', ' ');
}
