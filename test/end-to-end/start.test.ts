import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../stack/src/wait.ts';
import { listeningAddresses } from './listening.ts';
import { endStacks, isAlive, newDataFolder, StackProcess } from './stack-process.ts';

afterAll(endStacks);

describe('npm start', () => {
  let stack: StackProcess;
  beforeAll(async () => {
    stack = new StackProcess('start');
    await stack.says(/Ctrl-C stops everything/, 120);
  });

  test('says what it runs and where', () => {
    for (const name of ['prometheus', 'alertmanager', 'exporter', 'sidecar'])
      expect(stack.output).toMatch(new RegExp(`${name} is ready after`));
    expect(Object.keys(stack.pids())).toEqual(['prometheus', 'alertmanager', 'sidecar', 'exporter']);
  });

  test('every part answers on the address of the table', async () => {
    for (const [title, page] of [
      ['Prometheus', '/-/ready'],
      ['Alertmanager', '/-/ready'],
      ['Presage', '/metrics'],
      ['Exporter', '/metrics'],
    ] as const)
      expect((await fetch(stack.address(title) + page)).status).toBe(200);
  });

  test.skipIf(process.platform !== 'linux')('nothing listens outside loopback (Linux alone tells)', () => {
    const pids = { ...stack.pids(), stack: Number(stack.process.pid) };
    for (const [name, pid] of Object.entries(pids)) {
      const addresses = listeningAddresses(pid);
      expect({ name, listens: addresses.length > 0 }).toEqual({ name, listens: true });
      expect(addresses.filter((address) => !address.startsWith('0100007F:'))).toEqual([]);
    }
  });

  test('Prometheus scrapes every part, this host by its name', async () => {
    const up = await waitFor(
      async () => {
        const samples = await stack.query('up == 1');
        return samples.length === 6 ? samples : undefined;
      },
      { what: 'six targets that are up', deadline: 60 },
    );
    expect(new Set(up.map(({ metric }) => metric['job']))).toEqual(new Set(['node', 'probe', 'presage', 'prometheus', 'alertmanager']));
    expect(up.find(({ metric }) => metric['job'] === 'node')?.metric['instance']).toBe(hostname());
    expect(await stack.query('probe_success == 1')).toHaveLength(2);
  });

  test('the rules are loaded and none of them fails', async () => {
    const failed = await waitFor(
      async () => {
        const [evaluated] = await stack.query('sum(prometheus_rule_evaluations_total)');
        return Number(evaluated?.value[1] ?? 0) > 10 ? await stack.query('sum(prometheus_rule_evaluation_failures_total)') : undefined;
      },
      { what: 'rules to be evaluated', deadline: 60 },
    );
    expect(failed[0].value[1]).toBe('0');
  });

  test('an alert that reaches Alertmanager is printed in the terminal, by its receiver', async () => {
    const alert = { labels: { alertname: 'Test', severity: 'page', instance: 'a' }, annotations: { summary: 'it works' } };
    const url = `${stack.address('Alertmanager')}/api/v2/alerts`;
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify([alert]) });
    expect(response.status).toBe(200);
    await stack.says(/\[page\] Test: it works/, 60);
    expect(stack.output).toMatch(/not sent by page\/slack, ticket\/slack: there is no alertmanager\/secrets\/slack-url/);
  });

  test.each(['sidecar', 'exporter', 'prometheus', 'alertmanager'])('%s is started again after kill −9', async (name) => {
    const pid = stack.pids()[name];
    process.kill(pid, 'SIGKILL');
    await stack.says(new RegExp(`${name} ended with SIGKILL; starting it again in 1 s[^]*${name} is ready again`), 60);
    expect(stack.pids()[name]).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
  });

  test('a second stack in the same folder is refused, one in another folder runs beside it', async () => {
    const same = new StackProcess('start', stack.data);
    expect(await same.exited).toBe(1);
    expect(same.output).toContain(`a stack is running from ${stack.data} already (process ${stack.process.pid})`);
    const other = new StackProcess('start');
    await other.says(/Ctrl-C stops everything/, 60);
    expect(other.output).toMatch(/\(port 9090 was taken\)|Prometheus +http/);
    expect(other.address('Prometheus')).not.toBe(stack.address('Prometheus'));
    other.process.kill('SIGTERM');
    expect(await other.exited).toBe(0);
    expect((await fetch(`${stack.address('Prometheus')}/-/ready`)).status).toBe(200);
  });

  test('Ctrl-C ends every process, Prometheus before the sidecar', async () => {
    const pids = Object.values(stack.pids());
    stack.process.kill('SIGINT');
    expect(await stack.exited).toBe(0);
    expect(stack.output).toMatch(/stopping …\nstopped\n$/);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(lastTime(`${stack.data}/logs/prometheus.log`)).toBeLessThan(lastTime(`${stack.data}/logs/sidecar.log`));
  });
});

describe('after kill −9 of the stack', () => {
  test('a new start ends what was left, and runs', async () => {
    const data = newDataFolder();
    const first = new StackProcess('start', data);
    await first.says(/Ctrl-C stops everything/, 60);
    const orphans = Object.values(first.pids());
    first.process.kill('SIGKILL');
    await first.exited;
    expect(orphans.filter(isAlive)).toHaveLength(4);
    const second = new StackProcess('start', data);
    await second.says(/ended what an earlier stack left running: prometheus, alertmanager, sidecar, exporter/, 60);
    await second.says(/Ctrl-C stops everything/, 60);
    expect(orphans.filter(isAlive)).toEqual([]);
    second.process.kill('SIGINT');
    expect(await second.exited).toBe(0);
  });

  test('Ctrl-C while everything still starts leaves nothing behind', async () => {
    const stack = new StackProcess('start');
    await stack.says(/^starting$/m, 60);
    await waitFor(() => Promise.resolve(Object.keys(stack.pids()).length === 4 || undefined), { what: 'four processes', deadline: 60 });
    const pids = Object.values(stack.pids());
    stack.process.kill('SIGINT');
    expect(await stack.exited).not.toBe(null);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

/** Milliseconds of the last line of a log in logfmt. */
function lastTime(file: string): number {
  const times = [...readFileSync(file, 'utf8').matchAll(/^(?:ts|time)=(\S+)/gm)];
  return Date.parse(String(times.at(-1)?.[1]));
}
