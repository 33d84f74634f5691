import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Machine } from '../machine.ts';
import { execute } from '../execute.ts';

/** A pinned release of one of Prometheus' programs on GitHub. */
export interface Release {
  readonly name: string;
  readonly version: string;
  /** sha256 of `{name}-{version}.{system}-{architecture}.tar.gz`, by `system-architecture`. What is not here is not downloaded. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Prometheus 3.5, the long-term support line. The checksums are those that other projects pin for the same archives (OpenStack Kolla's
 * build for Linux); for Intel Macs none was found that could be trusted, so that archive is refused.
 */
export const prometheusRelease: Release = {
  name: 'prometheus',
  version: '3.5.0',
  checksums: {
    'linux-amd64': 'e811827af26d822afb09a4f28314f61b618b12cff5369835a67f674d8b46f39a',
    'linux-arm64': '173389cc42bf09c4e6e54cb53fa07a5a835d7c261e14775d2183181d6e385d1c',
    'darwin-arm64': 'c17bc2c992f0b5515eebe2b4ccd626214f8e309a0fe6ec40ed13c42ec13d05fb',
  },
};

/** Alertmanager; the checksums come from the same places as those of Prometheus. */
export const alertmanagerRelease: Release = {
  name: 'alertmanager',
  version: '0.28.1',
  checksums: {
    'linux-amd64': '5ac7ab5e4b8ee5ce4d8fb0988f9cb275efcc3f181b4b408179fafee121693311',
    'linux-arm64': 'd8832540e5b9f613d2fd759e31d603173b9c61cc7bb5e3bc7ae2f12038b1ce4f',
    'darwin-arm64': '6ad077f9de99fe96843a68313f19dd2dbc1e8929135293e48bb10824bd6b4df4',
  },
};

/** The folder of the cache that a release is unpacked into: it holds the programs directly. */
export function releaseFolder(machine: Machine, { name, version }: Release): string {
  return path.join(machine.cache, `${name}-${version}.${system(machine)}`);
}

/**
 * Downloads a release, checks its sha256, unpacks it and moves it into the cache in one step.
 * @param origin where `/prometheus/NAME/releases/…` is served; GitHub unless told.
 * @returns the folder with the programs.
 * @throws Error when no checksum is known, nothing answers within 5 s, or the archive is not the pinned one.
 */
export async function fetchRelease(machine: Machine, release: Release, origin = 'https://github.com'): Promise<string> {
  const checksum = release.checksums[system(machine)];
  const stem = `${release.name}-${release.version}.${system(machine)}`;
  if (checksum === undefined) throw new Error(`no checksum is known for ${stem}.tar.gz, and nothing is downloaded unchecked`);
  mkdirSync(machine.cache, { recursive: true });
  const folder = mkdtempSync(path.join(machine.cache, 'download-'));
  try {
    const archive = path.join(folder, 'archive.tar.gz');
    const url = new URL(`/prometheus/${release.name}/releases/download/v${release.version}/${stem}.tar.gz`, origin);
    machine.say(`  downloading ${url.href}`);
    const found = await download(url, archive);
    if (found !== checksum) throw new Error(`${url.href}: got sha256 ${found}, want ${checksum}`);
    await execute('tar', ['-xzf', archive, '-C', folder]);
    return moveIntoPlace(path.join(folder, stem), releaseFolder(machine, release));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Renames a finished folder to its place; if somebody else put one there meanwhile, theirs is taken. */
export function moveIntoPlace(from: string, to: string): string {
  mkdirSync(path.dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch (cause) {
    if (!existsSync(to)) throw cause;
  }
  return to;
}

const system = ({ platform, architecture }: Machine): string => `${platform}-${architecture}`;

/** Writes what a URL gives into a file and returns its sha256. */
async function download(url: URL, file: string): Promise<string> {
  const hash = createHash('sha256');
  const response = await openUrl(url, 5);
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(response, hashing, createWriteStream(file));
  return hash.digest('hex');
}

/** Follows up to five redirects. 5 s to connect, 60 s without a byte. */
function openUrl(url: URL, redirects: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? getHttp : getHttps)(url, { headers: { 'user-agent': 'presage-stack' } });
    const connecting = setTimeout(() => request.destroy(new Error(`${url.host} did not answer within 5 s`)), 5000);
    request.setTimeout(60_000, () => request.destroy(new Error(`${url.host} sent nothing for 60 s`)));
    request.on('socket', (socket) => {
      socket.on(url.protocol === 'http:' ? 'connect' : 'secureConnect', () => clearTimeout(connecting));
    });
    request.on('error', (cause) => {
      clearTimeout(connecting);
      reject(new Error(`cannot download ${url.href}: ${cause.message || String(cause)}`, { cause }));
    });
    request.on('response', (response) => {
      clearTimeout(connecting);
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined && redirects > 0) {
        response.resume();
        openUrl(new URL(headers.location, url), redirects - 1).then(resolve, reject);
      } else if (statusCode === 200) resolve(response);
      else {
        response.resume();
        reject(new Error(`cannot download ${url.href}: got status ${statusCode}, want 200`));
      }
    });
  });
}
