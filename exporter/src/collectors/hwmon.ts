import { labelText } from '@presage/service/exposition.ts';
import { stringFlag } from '@presage/service/flags.ts';
import { posix } from 'node:path';
import type { Host } from '../host/host.ts';
import type { Deadline } from '../scrape/deadline.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';
import { deviceFilter, type DeviceFilter } from './device-filter.ts';
import { cleanName, sensorFamily, sensorFile, type SensorFile } from './hwmon-sensors.ts';

const CHIP_INCLUDE = 'collector.hwmon.chip-include';
const CHIP_EXCLUDE = 'collector.hwmon.chip-exclude';
const SENSOR_INCLUDE = 'collector.hwmon.sensor-include';
const SENSOR_EXCLUDE = 'collector.hwmon.sensor-exclude';
const ROOT = 'class/hwmon';

/** A sensor read that took this many seconds makes its chip slow: from then on the helper reads it. */
const SLOW_SECONDS = 0.05;

/**
 * Sensors of hardware monitors (kernel docs, hwmon/sysfs-interface.rst). Most answer in microseconds; some ask their hardware over a
 * slow bus for seconds, and these are read by the helper process, so that they delay nothing but themselves.
 */
export const hwmon = defineCollector({
  name: 'hwmon',
  help: 'hardware sensors',
  flags: {
    [CHIP_INCLUDE]: stringFlag({ help: 'Regexp of the chips to show; not together with chip-exclude.' }),
    [CHIP_EXCLUDE]: stringFlag({ help: 'Regexp of the chips to leave out; not together with chip-include.' }),
    [SENSOR_INCLUDE]: stringFlag({ help: 'Regexp of the sensors to show, as CHIP;SENSOR; not together with sensor-exclude.' }),
    [SENSOR_EXCLUDE]: stringFlag({ help: 'Regexp of the sensors to leave out, as CHIP;SENSOR; not together with sensor-include.' }),
  },
  start: (values) => {
    const chipShown = deviceFilter({ include: [CHIP_INCLUDE, values[CHIP_INCLUDE]], exclude: [CHIP_EXCLUDE, values[CHIP_EXCLUDE]] });
    const shown = deviceFilter({
      include: [SENSOR_INCLUDE, values[SENSOR_INCLUDE]],
      exclude: [SENSOR_EXCLUDE, values[SENSOR_EXCLUDE]],
    });
    const slow = new Set<string>();
    return (host, sink, deadline) => {
      const folders = host.sys.list(ROOT);
      if (folders.length === 0) throw new NoData(`hwmon: nothing in ${ROOT}`);
      const waiting: Promise<void>[] = [];
      for (const folder of folders) {
        const path = `${ROOT}/${folder}`;
        const chip = chipName(host, path, folder);
        if (!chipShown(chip)) continue;
        const files = sensorFiles(host, path);
        if (slow.has(chip))
          waiting.push(readSlowly(host, files, deadline).then((texts) => writeChip(host, sink, { path, chip, texts, shown })));
        else writeChip(host, sink, { path, chip, texts: readQuickly(host, files, () => slow.add(chip)), shown });
      }
      return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
    };
  },
});

/**
 * A name that stays from boot to boot: the device's bus and name where there is a device, else the chip's own name, else the folder's,
 * whose number depends on the order of loading.
 */
function chipName(host: Host, path: string, folder: string): string {
  const device = deviceFolders(host, path);
  const named = device.map(cleanName).filter((part) => part !== '');
  if (named.length > 0) return named.join('_');
  const name = cleanName(host.sys.tryRead(`${path}/name`) ?? '');
  return name === '' ? cleanName(folder) : name;
}

/** The last two folders of where the link `device` leads; the chip's own folder is a link too, and the one starts where the other ends. */
function deviceFolders(host: Host, path: string): string[] {
  const device = host.sys.link(`${path}/device`);
  if (device === undefined) return [];
  const chip = host.sys.link(path);
  return posix
    .join(chip === undefined ? path : posix.join(ROOT, chip), device)
    .split('/')
    .slice(-2);
}

interface Found {
  readonly path: string;
  readonly file: SensorFile;
}

/** Old drivers keep the files of their sensors in the device's folder. Of two files of the same property the device's counts. */
function sensorFiles(host: Host, path: string): Found[] {
  const found: Found[] = [];
  for (const folder of [path, `${path}/device`]) {
    for (const name of host.sys.list(folder)) {
      const file = sensorFile(name);
      if (file !== undefined) found.push({ path: `${folder}/${name}`, file });
    }
  }
  return found;
}

/** Texts of a chip's files: by sensor, then by property. */
type Texts = Map<string, { readonly type: string; readonly properties: Map<string, string> }>;

function readQuickly(host: Host, files: readonly Found[], wasSlow: () => void): Texts {
  const texts: Texts = new Map();
  for (const { path, file } of files) {
    const begun = performance.now();
    put(texts, file, host.sys.tryRead(path));
    if (performance.now() - begun >= SLOW_SECONDS * 1000) wasSlow();
  }
  return texts;
}

/** What the helper cannot read in the time that is left is left out. */
async function readSlowly(host: Host, files: readonly Found[], deadline: Deadline): Promise<Texts> {
  const texts: Texts = new Map();
  const seconds = 0.9 * deadline.remaining();
  await Promise.all(
    files.map(async ({ path, file }) => {
      const text = await host.helper.read(host.sys.path(path), seconds).then(
        (read) => read.text,
        () => undefined,
      );
      put(texts, file, text);
    }),
  );
  return texts;
}

function put(texts: Texts, { sensor, type, property }: SensorFile, text: string | undefined): void {
  if (text === undefined) return;
  let entry = texts.get(sensor);
  if (entry === undefined) {
    entry = { type, properties: new Map() };
    texts.set(sensor, entry);
  }
  entry.properties.set(property, text.replaceAll(/^\n+|\n+$/g, ''));
}

interface Chip {
  readonly path: string;
  readonly chip: string;
  readonly texts: Texts;
  readonly shown: DeviceFilter;
}

function writeChip(host: Host, sink: Sink, { path, chip, texts, shown }: Chip): void {
  const chipName = cleanName(host.sys.tryRead(`${path}/name`) ?? '');
  if (chipName !== '')
    sink.gauge('node_hwmon_chip_names', 'Name that the driver gives the chip; always 1.').add(1, labelText({ chip, chip_name: chipName }));
  for (const [sensor, { type, properties }] of texts) if (shown(`${chip};${sensor}`)) writeSensor(sink, chip, sensor, type, properties);
}

function writeSensor(sink: Sink, chip: string, sensor: string, type: string, properties: ReadonlyMap<string, string>): void {
  const label = properties.get('label');
  if (label !== undefined)
    sink.gauge('node_hwmon_sensor_label', 'Label that the driver gives the sensor; always 1.').add(1, labelText({ chip, sensor, label }));
  const labels = labelText({ chip, sensor });
  for (const [property, text] of properties) {
    if (property === 'label') continue;
    const { name, help, type: metricType, factor } = sensorFamily(type, property, properties.has(''));
    if (type === 'beep_enable') sink.family(name, help, metricType).add(text === '1' ? 1 : 0, labels);
    if (type === 'beep_enable' || text.trim() === '' || Number.isNaN(Number(text))) continue;
    if (type !== 'freq' || property !== 'input') sink.family(name, help, metricType).add(scaled(Number(text), factor), labels);
    else if (label !== undefined)
      sink.family(name, help, metricType).add(scaled(Number(text), factor), labelText({ chip, sensor: cleanName(label) }));
  }
}

/** Division by a power of ten is exact to the last digit where multiplication by its inverse is not. */
const scaled = (value: number, factor: number): number => (factor === 1 ? value : value / Math.round(1 / factor));
