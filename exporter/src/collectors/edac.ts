import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Family } from '../scrape/family.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';

const ROOT = 'devices/system/edac/mc';

/** Memory errors by controller, row and channel (kernel docs, admin-guide/RAS). */
export const edac = defineCollector({
  name: 'edac',
  help: 'memory errors',
  start: () => (host, sink) => {
    for (const folder of host.sys.list(ROOT)) if (/^mc\d+$/.test(folder)) writeController(host.sys, sink, folder);
  },
});

function writeController(sys: Tree, sink: Sink, folder: string): void {
  const path = `${ROOT}/${folder}`;
  const controller = folder.slice(2);
  const labels = labelText({ controller });
  sink
    .counter('node_edac_correctable_errors_total', 'Memory errors that the controller put right.')
    .add(Number(sys.read(`${path}/ce_count`)), labels);
  sink
    .counter('node_edac_uncorrectable_errors_total', 'Memory errors that the controller could not put right.')
    .add(Number(sys.read(`${path}/ue_count`)), labels);
  const [correctable, uncorrectable] = rowFamilies(sink);
  const unknown = labelText({ controller, csrow: 'unknown' });
  correctable.add(Number(sys.read(`${path}/ce_noinfo_count`)), unknown);
  uncorrectable.add(Number(sys.read(`${path}/ue_noinfo_count`)), unknown);
  for (const row of sys.list(path)) if (/^csrow\d+$/.test(row)) writeRow(sys, sink, path, row, controller);
}

function rowFamilies(sink: Sink): readonly [Family, Family] {
  return [
    sink.counter('node_edac_csrow_correctable_errors_total', 'Memory errors in the chip-select row that were put right.'),
    sink.counter('node_edac_csrow_uncorrectable_errors_total', 'Memory errors in the chip-select row that could not be put right.'),
  ];
}

function writeRow(sys: Tree, sink: Sink, path: string, row: string, controller: string): void {
  const [correctable, uncorrectable] = rowFamilies(sink);
  const csrow = row.slice('csrow'.length);
  const labels = labelText({ controller, csrow });
  correctable.add(Number(sys.read(`${path}/${row}/ce_count`)), labels);
  uncorrectable.add(Number(sys.read(`${path}/${row}/ue_count`)), labels);
  for (const file of sys.list(`${path}/${row}`)) {
    const channel = /^ch(\d+)_ce_count$/.exec(file)?.[1];
    if (channel !== undefined) writeChannel(sys, sink, `${path}/${row}/ch${channel}`, { controller, csrow, channel });
  }
}

interface Channel {
  readonly controller: string;
  readonly csrow: string;
  readonly channel: string;
}

/** Most drivers do not count uncorrectable errors by channel. */
function writeChannel(sys: Tree, sink: Sink, prefix: string, channel: Channel): void {
  const labels = labelText({ ...channel, dimm_label: dimmLabel(sys.tryRead(`${prefix}_dimm_label`)) });
  const correctable = sys.tryNumber(`${prefix}_ce_count`);
  const uncorrectable = sys.tryNumber(`${prefix}_ue_count`);
  if (correctable !== undefined)
    sink
      .counter('node_edac_channel_correctable_errors_total', 'Memory errors on the channel that were put right.')
      .add(correctable, labels);
  if (uncorrectable !== undefined)
    sink
      .counter('node_edac_channel_uncorrectable_errors_total', 'Memory errors on the channel that could not be put right.')
      .add(uncorrectable, labels);
}

/** The label as node_exporter writes it: `CPU#1_csrow0` is `CPU1__csrow0`; unknown where the firmware gives none. */
export function dimmLabel(text: string | undefined): string {
  const label = (text ?? '').trim().replaceAll('#', '').replaceAll('csrow', '_csrow').replaceAll('channel', '_channel');
  return label === '' ? 'unknown' : label;
}
