import type { Host } from '../host/host.ts';
import type { Native } from '../host/native.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';

const MICROSECONDS = 1e-6;
const NANOSECONDS = 1e-9;
/** Frequencies are parts per million with 16 bits after the point. */
const SCALED_PPM = 1 / (1e6 * 65536);
/** The bit of the status that says: offset and jitter are in nanoseconds. */
const STA_NANO = 0x2000;
/** The clock's state when nothing keeps it right. */
const TIME_ERROR = 5;

/** The state of the system's clock, as adjtimex(2) tells it; needs the optional package koffi. */
export const timex = defineCollector({
  name: 'timex',
  help: 'the clock, from adjtimex(2)',
  start: () => {
    let native: Native | undefined;
    const load = async (host: Host, sink: Sink) => {
      native = await host.native();
      write(sink, native);
    };
    return (host, sink) => (native === undefined ? load(host, sink) : write(sink, native));
  },
});

function write(sink: Sink, native: Native): void {
  const { state, timex } = native.adjtimex();
  for (const { name, type, help, value } of parseTimex(state, timex)) sink.family(`node_timex_${name}`, help, type).add(value);
}

/** One figure of the clock. */
export interface ClockFigure {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly value: number;
}

/** The figures of struct timex of 64-bit Linux (include/uapi/linux/timex.h), in seconds, hertz and ratios. */
export function parseTimex(state: number, timex: Buffer): ClockFigure[] {
  const long = (offset: number) => Number(timex.readBigInt64LE(offset));
  const int = (offset: number) => timex.readInt32LE(offset);
  const status = int(40);
  const unit = (status & STA_NANO) === 0 ? MICROSECONDS : NANOSECONDS;
  const gauge = (name: string, value: number, help: string) => ({ name, type: 'gauge', value, help }) as const;
  const counter = (name: string, value: number, help: string) => ({ name, type: 'counter', value, help }) as const;
  return [
    gauge('sync_status', state === TIME_ERROR ? 0 : 1, 'Whether the clock is kept right by a reliable source.'),
    gauge('offset_seconds', long(8) * unit, 'Offset to the reference clock.'),
    gauge('frequency_adjustment_ratio', 1 + long(16) * SCALED_PPM, 'Factor by which the frequency of the clock is corrected.'),
    gauge('maxerror_seconds', long(24) * MICROSECONDS, 'Largest error in seconds.'),
    gauge('estimated_error_seconds', long(32) * MICROSECONDS, 'Estimated error in seconds.'),
    gauge('status', status, 'Bits of the status.'),
    gauge('loop_time_constant', long(48), 'Time constant of the phase-locked loop.'),
    gauge('tick_seconds', long(88) * MICROSECONDS, 'Seconds between ticks of the clock.'),
    gauge('pps_frequency_hertz', long(96) * SCALED_PPM, 'Frequency of the pulses of a second.'),
    gauge('pps_jitter_seconds', long(104) * unit, 'Jitter of the pulses of a second.'),
    gauge('pps_shift_seconds', int(112), 'Length of the interval between pulses.'),
    gauge('pps_stability_hertz', long(120) * SCALED_PPM, 'Mean change of frequency of the pulses.'),
    counter('pps_jitter_total', long(128), 'Pulses whose jitter was too large.'),
    counter('pps_calibration_total', long(136), 'Calibrations by pulses.'),
    counter('pps_error_total', long(144), 'Calibrations by pulses that failed.'),
    counter('pps_stability_exceeded_total', long(152), 'Pulses whose frequency changed too much.'),
    gauge('tai_offset_seconds', int(160), 'Offset of international atomic time to UTC.'),
  ];
}
