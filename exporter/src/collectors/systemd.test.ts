import { Message, sessionBus, Variant, type MessageBus } from '@jellybrick/dbus-next';
import { silentLogger } from '@presage/service/log.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHelper, type Helper } from '../host/helper.ts';
import { createRunner } from '../scrape/runner.ts';
import { hostOver, startWith } from '../testing/fixture-host.ts';
import { buildHelperWorker } from '../testing/helper-worker.ts';
import { countStates, parseUnits, versionNumber } from './systemd-units.ts';

describe('what systemd answers', () => {
  it('is read as units', () =>
    expect(parseUnits([['a.service', 'text', 'loaded', 'active', 'running', '', '/a', 0, '', '/']])).toEqual([
      { name: 'a.service', loadState: 'loaded', activeState: 'active', path: '/a' },
    ]));
  it.each([undefined, 'x', {}, [1], [['a', 'b']]])('is refused as %j', (reply) => expect(() => parseUnits(reply)).toThrow(/systemd:/));
  it('counts states that are not usual too', () => {
    const counts = countStates(parseUnits([['a', '', '', 'reloading', '', '', '/a']]));
    expect(Object.fromEntries(counts)).toEqual({ active: 0, activating: 0, deactivating: 0, inactive: 0, failed: 0, reloading: 1 });
  });
  it.each([
    ['252.39-1~deb12u1', 252.39],
    ['v257', 257],
    ['', 0],
  ])('has the version %j', (text, version) => expect(versionNumber(text)).toBe(version));
});

const worker = buildHelperWorker();
afterAll(worker.clear);
let folder = '';
let helper: Helper;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'presage-bus-'));
  helper = createHelper(worker.file);
});
afterEach(async () => {
  helper.close();
  await ended();
  rmSync(folder, { recursive: true, force: true });
});

async function ended(): Promise<void> {
  await expect.poll(() => helper.processes.length).toBe(0);
}

async function scrape(address: string, seconds: number, ...flags: string[]): Promise<string[]> {
  const started = startWith([
    '--collector.disable-defaults',
    '--collector.systemd',
    `--collector.systemd.bus-address=${address}`,
    ...flags,
  ]);
  const { text } = await createRunner(hostOver(folder, helper), started, silentLogger).scrape(seconds);
  return text.split('\n').filter((line) => /^node_(systemd|scrape_collector_success)/.test(line));
}

describe('a host whose bus', () => {
  it('is missing has no data', async () =>
    expect(await scrape(`unix:path=${folder}/none`, 5)).toEqual(['node_scrape_collector_success{collector="systemd"} 0']));

  it('takes connections and says nothing is given up before the deadline, and leaves no connection', async () => {
    const sockets = new Set<Socket>();
    const silent: Server = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(`${folder}/silent`, resolve));
    const begun = performance.now();
    expect(await scrape(`unix:path=${folder}/silent`, 1)).toEqual(['node_scrape_collector_success{collector="systemd"} 0']);
    expect(performance.now() - begun).toBeLessThan(4000);
    await ended();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});

const noDaemon = existsSync('/usr/bin/dbus-daemon') ? '' : 'no /usr/bin/dbus-daemon';
if (noDaemon !== '') console.log(`skipped: systemd over a real bus: ${noDaemon}`);

// The real message bus; in systemd's place a service of ours that answers as org.freedesktop.systemd1(5) says.
describe.skipIf(noDaemon !== '')('systemd over a real bus', () => {
  const home = mkdtempSync(join(tmpdir(), 'presage-dbus-'));
  const address = `unix:path=${home}/bus`;
  let daemon: ChildProcess;
  let bus: MessageBus;
  beforeAll(async () => {
    const policy = '<policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>';
    const limit = '<limit name="max_replies_per_connection">70</limit>';
    writeFileSync(`${home}/bus.conf`, `<busconfig><listen>${address}</listen><auth>EXTERNAL</auth>${policy}${limit}</busconfig>`);
    daemon = spawn('/usr/bin/dbus-daemon', ['--nofork', '--print-address', `--config-file=${home}/bus.conf`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => daemon.stdout?.once('data', resolve));
    bus = sessionBus({ busAddress: address });
    bus.addMethodHandler(answerAsSystemd);
    await bus.requestName('org.freedesktop.systemd1');
  });
  afterAll(() => {
    bus.disconnect();
    daemon.kill();
    rmSync(home, { recursive: true, force: true });
  });

  const numbers = new Map<string, Variant>([
    ['NRestarts', new Variant('u', 3)],
    ['TasksCurrent', new Variant('t', 12n)],
    ['TasksMax', new Variant('t', 2n ** 64n - 1n)],
    ['LastTriggerUSec', new Variant('t', 1_767_323_045_500_000n)],
    ['ActiveEnterTimestamp', new Variant('t', 1_767_000_000_000_000n)],
    ['NAccepted', new Variant('u', 5)],
    ['NConnections', new Variant('u', 1)],
    ['Type', new Variant('s', 'notify')],
    ['Version', new Variant('s', '252.39-1')],
    ['Virtualization', new Variant('s', '')],
    ['SystemState', new Variant('s', 'running')],
  ]);
  const unit = (name: string, load: string, active: string) => [
    name,
    'text',
    load,
    active,
    'sub',
    '',
    `/u/${name.replaceAll(/\W/g, '_')}`,
    0,
    '',
    '/',
  ];
  const many = Array.from({ length: 300 }, (_, index) => unit(`job${index}.service`, 'loaded', 'inactive'));
  const units = [
    unit('web.service', 'loaded', 'active'),
    unit('backup.timer', 'loaded', 'active'),
    unit('ssh.socket', 'loaded', 'active'),
    unit('gone.service', 'not-found', 'inactive'),
    unit('home.mount', 'loaded', 'active'),
    unit('broken.service', 'loaded', 'failed'),
    ...many,
  ];

  /** Takes its time, so that calls wait for it side by side. */
  function answerAsSystemd(message: Message): boolean {
    const value = numbers.get(String(message.body[1]));
    const answer =
      message.member === 'ListUnits'
        ? Message.newMethodReturn(message, 'a(ssssssouso)', [units])
        : value === undefined
          ? Message.newError(message, 'org.freedesktop.DBus.Error.UnknownProperty', 'none')
          : Message.newMethodReturn(message, 'v', [value]);
    setTimeout(() => bus.send(answer), 10);
    return true;
  }

  it('shows units, timers and sockets, and leaves out what systemd does not answer', async () => {
    const lines = await scrape(address, 8, '--collector.systemd.unit-exclude=.+\\.mount|job[0-9]+\\.service');
    expect(lines).toContain('node_scrape_collector_success{collector="systemd"} 1');
    expect(lines).toContain('node_systemd_unit_state{name="web.service",state="active",type="notify"} 1');
    expect(lines).toContain('node_systemd_unit_state{name="broken.service",state="failed",type="notify"} 1');
    expect(lines).toContain('node_systemd_units{state="inactive"} 301');
    expect(lines).toContain('node_systemd_version{version="252.39-1"} 252.39');
    expect(lines).toContain('node_systemd_virtualization_info{virtualization_type="none"} 1');
    expect(lines).toContain('node_systemd_system_running 1');
    expect(lines).toContain('node_systemd_timer_last_trigger_seconds{name="backup.timer"} 1767323045.5');
    expect(lines).toContain('node_systemd_socket_accepted_connections_total{name="ssh.socket"} 5');
    expect(lines.filter((line) => /gone|home\.mount|job1\.|refused|restart|tasks|start_time/.test(line))).toEqual([]);
  });

  it('shows restarts, tasks and start times where they are asked for, for more units than the bus lets wait', async () => {
    const wanted = ['restarts', 'task', 'start-time'].map((which) => `--collector.systemd.enable-${which}-metrics`);
    const lines = await scrape(address, 8, ...wanted);
    expect(lines).toContain('node_systemd_service_restart_total{name="job299.service"} 3');
    expect(lines).toContain('node_systemd_unit_tasks_current{name="web.service"} 12');
    expect(lines).toContain('node_systemd_unit_start_time_seconds{name="web.service"} 1767000000');
    expect(lines).toContain('node_systemd_unit_start_time_seconds{name="job7.service"} 0');
    expect(lines.filter((line) => line.includes('tasks_max'))).toEqual([]);
  });

  it('hands on the errors of the bus', async () => {
    const [reply] = await helper.bus(address, [{ destination: 'org.none', path: '/', interface: 'org.none', member: 'X' }], 5);
    expect(reply).toEqual({ error: expect.stringContaining('org.freedesktop.DBus.Error.ServiceUnknown') });
  });
});
