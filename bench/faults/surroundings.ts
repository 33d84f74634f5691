import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settableClock } from '../../test/faults/clock.ts';
import { highestMiB } from '../../test/faults/held.ts';
import { moodyFits, moodyLines, moodyRig } from '../../test/faults/moody-plugin.ts';
import { createOtherHost } from '../../test/faults/network.ts';
import { startPolledRig } from '../../test/faults/polled-rig.ts';
import { cutNetwork, losePackets, stepClock, type SurroundingsTold } from '../../test/faults/surroundings.ts';
import { atLeast, atMost, type BenchRow, quantileOf, shown } from '../bench.ts';
import { verdictRows } from './verdict-rows.ts';

/** So many rounds of the clock set by an hour ahead, back, behind and back again. */
export async function clockRows(rounds: number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'presage-clock-'));
  const clock = await settableClock(join(folder, 'clock'));
  if (!clock) return [shown('clock set by ±1 h', 'skipped: wants libfaketime')];
  const rig = await startPolledRig({ environment: clock.environment });
  try {
    const all: SurroundingsTold[] = [];
    const way = [0, 3600, 0, -3600, 0];
    for (let round = 0; round < rounds; round++)
      for (let i = 1; i < way.length; i++) all.push(await stepClock(rig, clock, way[i - 1], way[i]));
    say(`${all.length} times of the clock set`);
    return [...toldRows('clock set by ±1 h', all, 'next values'), ...verdictRows('clock', await rig.verdict())];
  } finally {
    await rig.stop();
    rmSync(folder, { recursive: true });
  }
}

/** So many cuts of the network between the sidecar and Prometheus, each followed by lost packets where the kernel can. */
export async function networkRows(rounds: number, random: () => number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const other = createOtherHost(2);
  if (!other) return [shown('network cut between hosts', 'skipped: wants root on Linux')];
  const { here, there, run } = other;
  const rig = await startPolledRig({ hosts: { server: here, sidecar: there }, run: (words) => [...run, ...words] });
  try {
    const all: SurroundingsTold[] = [];
    let how = '';
    for (let round = 0; round < rounds; round++) {
      all.push(await cutNetwork(rig, other, 3 * random()));
      how = await losePackets(rig, other, 2);
    }
    say(`${rounds} times of the network cut, and of packets lost ${how}`);
    return [
      ...toldRows('network cut between hosts', all, 'the link up again to the next value'),
      shown('… then a fifth of the packets lost for 2 s', `${rounds} times ${how}`),
      ...verdictRows('network', await rig.verdict()),
    ];
  } finally {
    await rig.stop();
    other.remove();
  }
}

/** A fit worker that hangs, runs out of memory and ends itself, so many times each. */
export async function fitRows(rounds: number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'presage-moody-'));
  const rig = await startPolledRig(moodyRig(folder, '10s'));
  try {
    const { lines, failures, successes } = await moodyFits(rig, rounds);
    say(`${failures} fits that failed, ${successes} beside them that did not`);
    const wanted = moodyLines.length;
    return [
      atLeast('fit worker that hangs, runs out of memory or dies: failures counted', failures, wanted * rounds, '', 0),
      atLeast('… ways told by a log line', lines, wanted, ` of ${wanted}`, 0),
      atLeast('… fits of the series beside them', successes, 4 * rounds, '', 0),
      atMost('… most memory', highestMiB(rig.sidecar.pid), 600, ' MiB', 0),
      ...verdictRows('fit worker', await rig.verdict()),
    ];
  } finally {
    await rig.stop();
    rmSync(folder, { recursive: true });
  }
}

function toldRows(what: string, all: readonly SurroundingsTold[], until: string): readonly BenchRow[] {
  const told = all.filter(({ counted, line }) => counted > 0 && line !== '').length;
  const recovery = quantileOf(
    all.map((one) => one.recovery),
    0.5,
  );
  return [
    atLeast(`${what}: told by a metric and a log line`, told, all.length, ` of ${all.length}`, 0),
    shown(`… ${until}, p50`, `${recovery.toFixed(1)} s`),
  ];
}
