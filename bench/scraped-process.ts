import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';

/** A server under measurement, with one kept connection to it. */
export interface ScrapedProcess {
  /** Scrapes once; gives milliseconds from the request to the last byte. Throws on any status but 200. */
  scrape(headers?: Readonly<Record<string, string>>): Promise<number>;
  /** CPU seconds used so far by the process and the children it has waited for. */
  cpuSeconds(): number;
  /** Resident memory in MiB, of the process and its children. */
  residentMiB(): number;
  stop(): Promise<void>;
}

/** Starts a program that listens on the address that `words` gets, and waits until it answers at `path`. */
export async function startScraped(command: string, words: (address: string) => readonly string[], path: string): Promise<ScrapedProcess> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(command, words(address), { stdio: ['ignore', 'ignore', 'ignore'] });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const url = `http://${address}${path}`;
  const scrape = (headers = {}) => timedGet(url, agent, headers);
  await answering(child, scrape);
  const pid = child.pid ?? 0;
  return {
    scrape,
    cpuSeconds: () => cpuSeconds(pid),
    residentMiB: () => [pid, ...childrenOf(pid)].reduce((sum, each) => sum + residentMiB(each), 0),
    stop: async () => {
      agent.destroy();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function answering(child: ChildProcess, scrape: () => Promise<number>): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      await scrape();
      return;
    } catch (cause) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${child.spawnfile}: does not answer`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function timedGet(url: string, agent: Agent, headers: Readonly<Record<string, string>>): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - begun);
        else reject(new Error(`${url}: got status ${response.statusCode}, want 200`));
      });
    }).on('error', reject);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** Fields 14 to 17 of proc(5)'s stat in ticks of 10 ms: own and waited-for children's time in user and kernel mode. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}
