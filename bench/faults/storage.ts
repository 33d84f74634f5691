import { startPolledRig } from '../../test/faults/polled-rig.ts';
import { allowFiles, mountSmallDisk, spoilings, spoilState, withoutSaving } from '../../test/faults/storage.ts';
import { atLeast, atMost, type BenchRow } from '../bench.ts';
import { verdictRows } from './verdict-rows.ts';

/** In each round, state that cannot be saved for one reason or another, and state that is spoilt. */
export async function storageRows(rounds: number, random: () => number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const disk = mountSmallDisk();
  const rig = await startPolledRig(disk ? { storage: disk.path } : {});
  let [told, unreadable, fallen, unsaved] = [0, 0, 0, 0];
  try {
    const ways = [
      ...(disk
        ? ([
            [() => disk.fill(), () => disk.empty()],
            [() => disk.readOnly(true), () => disk.readOnly(false)],
          ] as const)
        : []),
      [() => allowFiles(rig.sidecar.pid, false), () => allowFiles(rig.sidecar.pid, true)] as const,
    ];
    for (let round = 0; round < rounds; round++) {
      const [forbid, permit] = ways[round % ways.length];
      const figures = await withoutSaving(rig, forbid, permit);
      unsaved++;
      if (figures.failures > 0 && figures.lines.length > 0) told++;
      if (!figures.readable) unreadable++;
      const { previous, line } = await spoilState(rig, spoilings[round % spoilings.length], random);
      if (previous === 1 && line !== '') fallen++;
    }
    say(`${rounds} rounds of storage that fails and of spoilt state`);
    const verdict = await rig.verdict();
    return [
      atLeast(
        `storage full, read-only or limited (${disk ? 'all three' : 'limited alone'}): told by a metric and a log line`,
        told,
        unsaved,
        ` of ${unsaved}`,
        0,
      ),
      atMost('… the state saved before cannot be read', unreadable, 0, ` of ${unsaved}`, 0),
      atLeast('state torn, with a bit flipped, empty or gone: the one before it taken, and told', fallen, rounds, ` of ${rounds}`, 0),
      ...verdictRows('storage', verdict),
    ];
  } finally {
    await rig.stop();
    disk?.unmount();
  }
}
