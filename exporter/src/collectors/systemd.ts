import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag, stringFlag } from '@presage/service/flags.ts';
import type { BusCall, BusReply } from '../host/helper-protocol.ts';
import type { Host } from '../host/host.ts';
import type { Deadline } from '../scrape/deadline.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';
import { pattern } from './device-filter.ts';
import { wantedProperties, writeUnits, type Property, type PropertyValues, type SystemdOptions } from './systemd-properties.ts';
import { countStates, parseUnits, versionNumber, type Unit } from './systemd-units.ts';

const INCLUDE = 'collector.systemd.unit-include';
const EXCLUDE = 'collector.systemd.unit-exclude';
const TASKS = 'collector.systemd.enable-task-metrics';
const RESTARTS = 'collector.systemd.enable-restarts-metrics';
const START_TIMES = 'collector.systemd.enable-start-time-metrics';
const ADDRESS = 'collector.systemd.bus-address';

/** Seconds that a service's type, which changes with its unit file alone, is believed. */
const TYPE_SECONDS = 300;

/**
 * Units of systemd over D-Bus (org.freedesktop.systemd1(5)). The helper process talks to the bus, so that a bus that hangs delays
 * nothing, and leaves nothing behind.
 */
export const systemd = defineCollector({
  name: 'systemd',
  help: 'systemd units',
  flags: {
    [INCLUDE]: stringFlag({ help: 'Regexp of the units to show; a unit must match it and must not match unit-exclude.', default: '.+' }),
    [EXCLUDE]: stringFlag({ help: 'Regexp of the units to leave out.', default: '.+\\.(automount|device|mount|scope|slice)' }),
    [TASKS]: booleanFlag({ help: 'Show how many tasks each service has and may have.' }),
    [RESTARTS]: booleanFlag({ help: 'Show how often each service was restarted.' }),
    [START_TIMES]: booleanFlag({ help: 'Show when each unit was started.' }),
    [ADDRESS]: stringFlag({ help: 'D-Bus address of the system bus.', default: 'unix:path=/run/dbus/system_bus_socket' }),
  },
  start: (values) => {
    const [include, exclude] = [whole(INCLUDE, values[INCLUDE]), whole(EXCLUDE, values[EXCLUDE])];
    const options = { tasks: values[TASKS], restarts: values[RESTARTS], startTimes: values[START_TIMES] };
    const types: TypeMemory = { until: 0, types: new Map() };
    return async (host, sink, deadline) => {
      const ask = (calls: readonly BusCall[]) => askBus(host, values[ADDRESS], calls, deadline);
      const units = writeManager(sink, await ask(MANAGER_CALLS));
      const shown = units.filter(({ name, loadState }) => loadState === 'loaded' && include.test(name) && !exclude.test(name));
      const properties = await askProperties(shown, options, rememberedTypes(types, host.now()), ask);
      writeUnits(sink, shown, options, properties);
    };
  },
});

/** The pattern has to match the whole name. */
function whole(flag: string, text: string): RegExp {
  const { source, flags } = pattern(flag, text);
  return new RegExp(`^(?:${source})$`, flags);
}

const DESTINATION = 'org.freedesktop.systemd1';

function propertyCall(path: string, of: string, property: string): BusCall {
  return {
    destination: DESTINATION,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    arguments: [`org.freedesktop.systemd1.${of}`, property],
  };
}

const MANAGER_PATH = '/org/freedesktop/systemd1';
const MANAGER_CALLS: readonly BusCall[] = [
  { destination: DESTINATION, path: MANAGER_PATH, interface: 'org.freedesktop.systemd1.Manager', member: 'ListUnits' },
  propertyCall(MANAGER_PATH, 'Manager', 'Version'),
  propertyCall(MANAGER_PATH, 'Manager', 'Virtualization'),
  propertyCall(MANAGER_PATH, 'Manager', 'SystemState'),
];

/** A host without a bus, or without systemd on it, has no data. */
async function askBus(host: Host, address: string, calls: readonly BusCall[], deadline: Deadline): Promise<readonly BusReply[]> {
  try {
    return await host.helper.bus(address, calls, 0.9 * deadline.remaining());
  } catch (error) {
    if (error instanceof Error && /\b(ENOENT|ECONNREFUSED)\b/.test(error.message)) throw new NoData(`systemd: ${error.message}`);
    throw error;
  }
}

/** Writes what systemd says of the whole system and gives its units. */
function writeManager(sink: Sink, [list, version, virtualization, state]: readonly BusReply[]): Unit[] {
  if ('error' in list) throw new Error(`systemd: ListUnits: ${list.error}`);
  const text = (reply: BusReply) => ('error' in reply ? undefined : String(reply.value));
  const full = text(version) ?? '';
  sink
    .gauge('node_systemd_version', 'Version of systemd as a number; the label has all of it.')
    .add(versionNumber(full), labelText({ version: full }));
  const technology = text(virtualization) ?? 'unknown';
  sink
    .gauge('node_systemd_virtualization_info', 'What the host runs in, as systemd sees it; always 1.')
    .add(1, labelText({ virtualization_type: technology === '' ? 'none' : technology }));
  const running = text(state);
  if (running !== undefined)
    sink.gauge('node_systemd_system_running', '1 where systemd calls the system running.').add(running === 'running' ? 1 : 0);
  const units = parseUnits(list.value);
  const summary = sink.gauge('node_systemd_units', 'Units in the state.');
  for (const [unitState, count] of countStates(units)) summary.add(count, labelText({ state: unitState }));
  return units;
}

interface TypeMemory {
  until: number;
  types: Map<string, string>;
}

function rememberedTypes(memory: TypeMemory, now: number): Map<string, string> {
  if (now >= memory.until) {
    memory.types = new Map();
    memory.until = now + TYPE_SECONDS;
  }
  return memory.types;
}

/** Asks for what is not remembered. A unit that has gone meanwhile answers with an error and has no value. */
async function askProperties(
  units: readonly Unit[],
  options: SystemdOptions,
  types: Map<string, string>,
  ask: (calls: readonly BusCall[]) => Promise<readonly BusReply[]>,
): Promise<PropertyValues> {
  const isKnown = ({ unit, property }: Property) => property === 'Type' && types.has(unit.name);
  const wanted = units.flatMap((unit) => wantedProperties(unit, options)).filter((property) => !isKnown(property));
  const replies = wanted.length === 0 ? [] : await ask(wanted.map(({ unit, of, property }) => propertyCall(unit.path, of, property)));
  const numbers = new Map<string, number>();
  wanted.forEach(({ unit, property }, index) => {
    const reply = replies[index];
    if ('error' in reply) return;
    if (property === 'Type') types.set(unit.name, String(reply.value));
    else numbers.set(`${unit.name} ${property}`, Number(reply.value));
  });
  return { type: ({ name }) => types.get(name) ?? '', number: ({ name }, property) => numbers.get(`${name} ${property}`) };
}
