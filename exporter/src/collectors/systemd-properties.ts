import { labelText, type MetricType } from '@presage/service/exposition.ts';
import type { Sink } from '../scrape/sink.ts';
import { UNIT_STATES, type Unit } from './systemd-units.ts';

/** Which properties of units are wanted beside the usual ones. */
export interface SystemdOptions {
  readonly tasks: boolean;
  readonly restarts: boolean;
  readonly startTimes: boolean;
}

/** A property of a unit, of one of its interfaces: org.freedesktop.systemd1.`of`. */
export interface Property {
  readonly unit: Unit;
  readonly of: string;
  readonly property: string;
}

/** The values of properties; undefined for what systemd did not answer. */
export interface PropertyValues {
  readonly type: (unit: Unit) => string;
  readonly number: (unit: Unit, property: string) => number | undefined;
}

/** A number of a unit as a family. */
interface NumberFamily {
  readonly suffix: string;
  readonly of: string;
  readonly property: string;
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly divisor: number;
  readonly when: (options: SystemdOptions) => boolean;
}

const always = (): boolean => true;
const MICROSECONDS = 1e6;

const NUMBERS: readonly NumberFamily[] = [
  {
    suffix: '.service',
    of: 'Service',
    property: 'NRestarts',
    name: 'node_systemd_service_restart_total',
    help: 'Times that systemd restarted the service.',
    type: 'counter',
    divisor: 1,
    when: ({ restarts }) => restarts,
  },
  {
    suffix: '.service',
    of: 'Service',
    property: 'TasksCurrent',
    name: 'node_systemd_unit_tasks_current',
    help: 'Tasks that the unit has now.',
    type: 'gauge',
    divisor: 1,
    when: ({ tasks }) => tasks,
  },
  {
    suffix: '.service',
    of: 'Service',
    property: 'TasksMax',
    name: 'node_systemd_unit_tasks_max',
    help: 'Tasks that the unit may have.',
    type: 'gauge',
    divisor: 1,
    when: ({ tasks }) => tasks,
  },
  {
    suffix: '.timer',
    of: 'Timer',
    property: 'LastTriggerUSec',
    name: 'node_systemd_timer_last_trigger_seconds',
    help: 'Unix time at which the timer went off last.',
    type: 'gauge',
    divisor: MICROSECONDS,
    when: always,
  },
  {
    suffix: '.socket',
    of: 'Socket',
    property: 'NAccepted',
    name: 'node_systemd_socket_accepted_connections_total',
    help: 'Connections that the socket unit accepted.',
    type: 'counter',
    divisor: 1,
    when: always,
  },
  {
    suffix: '.socket',
    of: 'Socket',
    property: 'NConnections',
    name: 'node_systemd_socket_current_connections',
    help: 'Connections that the socket unit has now.',
    type: 'gauge',
    divisor: 1,
    when: always,
  },
  // A gauge in node_exporter, in spite of its name.
  {
    suffix: '.socket',
    of: 'Socket',
    property: 'NRefused',
    name: 'node_systemd_socket_refused_connections_total',
    help: 'Connections that the socket unit refused.',
    type: 'gauge',
    divisor: 1,
    when: always,
  },
];

/** systemd's word for no limit and for not counted: all 64 bits set, as a double. */
const UNSET = 2 ** 64;
const START_TIME = 'ActiveEnterTimestamp';

/** What has to be asked of a unit. */
export function wantedProperties(unit: Unit, options: SystemdOptions): Property[] {
  const properties: Property[] = [];
  if (unit.name.endsWith('.service')) properties.push({ unit, of: 'Service', property: 'Type' });
  if (unit.name.endsWith('.mount')) properties.push({ unit, of: 'Mount', property: 'Type' });
  if (options.startTimes && unit.activeState === 'active') properties.push({ unit, of: 'Unit', property: START_TIME });
  for (const { suffix, of, property, when } of NUMBERS)
    if (unit.name.endsWith(suffix) && when(options)) properties.push({ unit, of, property });
  return properties;
}

/** Writes the families of the units. */
export function writeUnits(sink: Sink, units: readonly Unit[], options: SystemdOptions, values: PropertyValues): void {
  const states = sink.gauge('node_systemd_unit_state', '1 for the state that the unit is in.');
  const starts = sink.gauge('node_systemd_unit_start_time_seconds', 'Unix time at which the unit became active; 0 where it is not.');
  for (const unit of units) {
    const { name, activeState } = unit;
    const type = values.type(unit);
    for (const state of UNIT_STATES) states.add(state === activeState ? 1 : 0, labelText({ name, state, type }));
    const labels = labelText({ name });
    const started = activeState === 'active' ? values.number(unit, START_TIME) : 0;
    if (options.startTimes && started !== undefined) starts.add(started / MICROSECONDS, labels);
    for (const family of NUMBERS) {
      const value = values.number(unit, family.property);
      if (value !== undefined && value < UNSET) sink.family(family.name, family.help, family.type).add(value / family.divisor, labels);
    }
  }
}
