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
  if (type === 'beep_enable') return { name: 'node_hwmon_beep_enabled', help: 'Hardware beep enabled', type: 'gauge', factor: 1 };
  if (type === 'vrm') return { name: 'node_hwmon_voltage_regulator_version', help: 'Hardware voltage regulator', type: 'gauge', factor: 1 };
  if (type === 'update_interval') return gauge('_seconds', 'Hardware monitor update interval', 0.001);
  if (property === 'fault' || property === 'alarm') return gauge('', `Hardware sensor ${property} status (${type})`);
  if (property === 'beep') return gauge('_enabled', 'Hardware monitor sensor has beeping enabled');
  if (type === 'in' || type === 'cpu') return gauge('_volts', `Hardware monitor for voltage (${property})`, 0.001);
  if (type === 'temp' && property !== 'type')
    return gauge('_celsius', `Hardware monitor for temperature (${property === '' ? 'input' : property})`, 0.001);
  if (type === 'curr') return gauge('_amps', `Hardware monitor for current (${property})`, 0.001);
  if (type === 'energy')
    return { name: `${name}_joule_total`, help: `Hardware monitor for joules used so far (${property})`, type: 'counter', factor: 1e-6 };
  if (type === 'power') return powerFamily(property, gauge);
  if (type === 'humidity')
    return gauge(
      '',
      `Hardware monitor for humidity, as a ratio (multiply with 100.0 to get the humidity as a percentage) (${property})`,
      1e-6,
    );
  if (type === 'fan' && ['input', 'min', 'max', 'target'].includes(property))
    return gauge('_rpm', `Hardware monitor for fan revolutions per minute (${property})`);
  if (type === 'freq' && property === 'input') return gauge('_freq_mhz', 'Hardware monitor for GPU frequency in MHz', 1e-6);
  return gauge('', `Hardware monitor ${type} element ${property}`);
}

function powerFamily(property: string, gauge: (suffix: string, help: string, factor: number) => SensorFamily): SensorFamily {
  if (property === 'accuracy') return gauge('', 'Hardware monitor power meter accuracy, as a ratio', 1e-6);
  if (/^average_interval(_min|_max)?$/.test(property))
    return gauge('_seconds', `Hardware monitor power usage update interval (${property})`, 0.001);
  return gauge('_watt', `Hardware monitor for power usage in watts (${property})`, 1e-6);
}
