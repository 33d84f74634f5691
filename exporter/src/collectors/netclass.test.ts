import { silentLogger } from '@presage/service/log.ts';
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { closeHost } from '../host/host.ts';
import { createRunner } from '../scrape/runner.ts';
import { hostOver, startOne, unpack } from '../testing/fixture-host.ts';
import { adminState } from './netclass.ts';

it.each([
  ['0x1003', 'up'],
  ['0x1002', 'down'],
  ['', 'unknown'],
  ['x', 'unknown'],
])('flags %j are %s', (flags, state) => expect(adminState(flags)).toBe(state));

const tree = unpack(['netclass']);
afterAll(tree.clear);

it('asks again for what a driver refused as soon as the link changes', async () => {
  const folder = `${tree.root}/sys/class/net/eth0`;
  // Reading a folder fails as a driver's refusal does: with another error than ENOENT.
  rmSync(`${folder}/speed`);
  mkdirSync(`${folder}/speed`);
  const host = hostOver(tree.root);
  const runner = createRunner(host, [startOne('netclass')], silentLogger);
  const speed = async () => /^node_network_speed_bytes\{device="eth0"\} (.*)$/m.exec((await runner.scrape(5)).text)?.[1];
  expect(await speed()).toBeUndefined();
  rmdirSync(`${folder}/speed`);
  writeFileSync(`${folder}/speed`, '1000\n');
  expect(await speed()).toBeUndefined();
  writeFileSync(`${folder}/carrier_changes`, '99\n');
  expect(await speed()).toBe('125000000');
  closeHost(host);
});
