import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PolledRig, seriesCount, startPolledRig } from './polled-rig.ts';
import { roundsOf } from './rounds.ts';
import { allowFiles, mountSmallDisk, type SmallDisk, spoilings, spoilState, withoutSaving } from './storage.ts';

const { random } = roundsOf(1);
const disk: SmallDisk | undefined = mountSmallDisk();
let rig: PolledRig;
beforeAll(async () => {
  rig = await startPolledRig(disk ? { storage: disk.path } : {});
});
afterAll(async () => {
  await rig?.stop();
  disk?.unmount();
});

describe('state that cannot be saved', () => {
  it.skipIf(!disk)('on a full disk: is told, the state saved before stays, and the next save succeeds', async () => {
    const { failures, lines, readable } = await withoutSaving(
      rig,
      () => disk?.fill(),
      () => disk?.empty(),
    );
    expect([failures > 0, readable]).toEqual([true, true]);
    expect(lines[0]).toMatch(/level=error.*watch=m.*ENOSPC/);
  });

  it.skipIf(!disk)('in a folder that became read-only: the same', async () => {
    const { failures, lines, readable } = await withoutSaving(
      rig,
      () => disk?.readOnly(true),
      () => disk?.readOnly(false),
    );
    expect([failures > 0, readable]).toEqual([true, true]);
    expect(lines[0]).toMatch(/level=error.*watch=m.*EROFS/);
  });

  it.skipIf(process.platform !== 'linux')('past the size that files may have: the same', async () => {
    const { pid } = rig.sidecar;
    const { failures, lines, readable } = await withoutSaving(
      rig,
      () => allowFiles(pid, false),
      () => allowFiles(pid, true),
    );
    expect([failures > 0, readable]).toEqual([true, true]);
    expect(lines[0]).toMatch(/level=error.*watch=m.*EFBIG/);
  });
});

describe('state that was spoilt', () => {
  it.each(spoilings)('%s: the one before it is taken, which is told', async (how) => {
    const { previous, line } = await spoilState(rig, how, random);
    expect(previous).toBe(1);
    expect(line).toMatch(/level=warn.*watch=m series=10/);
  });

  it('cost no value and no score', async () => {
    expect(await rig.verdict()).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
  });

  it.skipIf(!disk)('a folder that cannot be written at the start is refused by name', async () => {
    disk?.readOnly(true);
    try {
      // What it said comes as the error or as its cause, as it ends before or after it is asked whether it is ready.
      const refused = await rig.restart('SIGTERM').then(String, (error: Error) => `${error.message} ${String(error.cause)}`);
      expect(refused).toMatch(/--storage\.path: got ".*" \(EROFS.*\), want a folder that can be written/);
    } finally {
      disk?.readOnly(false);
    }
  });
});
