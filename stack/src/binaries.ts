import { existsSync } from 'node:fs';
import path from 'node:path';
import { alertmanagerBundle, prometheusBundle, testBundles, type TestProgram } from './binaries/bundles.ts';
import { bundledProgram, bundleFolder, fetchBundle, type DebianBundle } from './binaries/debian.ts';
import { relocateAlertmanager } from './binaries/debian-alertmanager.ts';
import { type Program, type UnversionedProgram, withVersion } from './binaries/program.ts';
import { alertmanagerRelease, fetchRelease, prometheusRelease, type Release, releaseFolder } from './binaries/release.ts';
import { findOnPath, type Machine } from './machine.ts';

/** A server and the command-line tool that is made with it. */
export interface Suite {
  readonly server: Program;
  readonly tool: Program;
}

/** Everything that the stack runs but does not bring along. */
export interface Binaries {
  readonly prometheus: Program;
  readonly promtool: Program;
  readonly alertmanager: Program;
  readonly amtool: Program;
}

/**
 * Finds Prometheus and Alertmanager with their tools, or fetches them: PATH, then the cache, then the pinned release, then Debian's
 * packages unpacked into the cache. Nothing is installed and nothing needs root.
 * @throws Error that lists every place tried, what was found there, and what to do.
 */
export async function findBinaries(machine: Machine): Promise<Binaries> {
  const [prometheus, alertmanager] = await Promise.all([findSuite(machine, prometheusProduct), findSuite(machine, alertmanagerProduct)]);
  return { prometheus: prometheus.server, promtool: prometheus.tool, alertmanager: alertmanager.server, amtool: alertmanager.tool };
}

/**
 * Finds a program that tests need, or unpacks its Debian package into the cache.
 * @throws Error when it is neither on the PATH nor to be had from Debian.
 */
export async function findTestProgram(machine: Machine, name: TestProgram): Promise<UnversionedProgram> {
  const found = findOnPath(machine, [name]);
  if (found !== undefined) return { path: found, args: [], environment: {}, origin: 'PATH' };
  return bundledProgram(await fetchBundle(machine, testBundles[name]), path.join('usr', 'bin', name));
}

/** A product as it is named in each of the places it may come from. */
export interface Product {
  readonly title: string;
  /** Names of the server on the PATH. */
  readonly servers: readonly string[];
  readonly tool: string;
  /** The oldest version that Presage works with, as `major.minor`. */
  readonly minimum: string;
  readonly release: Release;
  readonly bundle: DebianBundle;
  /** The server in an unpacked Debian package. */
  readonly fromBundle: (machine: Machine, folder: string) => Promise<UnversionedProgram>;
}

export const prometheusProduct: Product = {
  title: 'Prometheus',
  servers: ['prometheus'],
  tool: 'promtool',
  minimum: '2.42',
  release: prometheusRelease,
  bundle: prometheusBundle,
  fromBundle: (_machine, folder) =>
    Promise.resolve({
      ...bundledProgram(folder, 'usr/bin/prometheus'),
      args: [`--web.local-assets=${path.join(folder, 'usr/share/prometheus/web')}/`],
    }),
};

export const alertmanagerProduct: Product = {
  title: 'Alertmanager',
  servers: ['alertmanager', 'prometheus-alertmanager'],
  tool: 'amtool',
  minimum: '0.25',
  release: alertmanagerRelease,
  bundle: alertmanagerBundle,
  fromBundle: relocateAlertmanager,
};

/**
 * Finds or fetches one product.
 * @throws Error that lists every place tried, what was found there, and what to do.
 */
export async function findSuite(machine: Machine, product: Product): Promise<Suite> {
  const findings: string[] = [];
  for (const [place, find] of places(machine, product)) {
    try {
      const suite = await find();
      if (suite !== undefined) return await versioned(machine, product, suite);
    } catch (cause) {
      findings.push(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  throw new Error(
    `no ${product.title} (version ${product.minimum} or newer) was found or could be fetched; put ${product.servers[0]} and ${product.tool} on the PATH.\n` +
      `  PATH: no usable ${product.servers.join(' or ')}\n  ${findings.join('\n  ')}`,
  );
}

interface UnversionedSuite {
  readonly server: UnversionedProgram;
  readonly tool: UnversionedProgram;
}

type Place = readonly [name: string, find: () => Promise<UnversionedSuite | undefined>];

function places(machine: Machine, product: Product): readonly Place[] {
  const release = releaseFolder(machine, product.release);
  const bundle = bundleFolder(machine, product.bundle);
  return [
    ['PATH', () => Promise.resolve(onPath(machine, product))],
    ['cached release', () => Promise.resolve(existsSync(release) ? inRelease(product, release) : undefined)],
    ['cached Debian package', async () => (existsSync(bundle) ? await inBundle(machine, product, bundle) : undefined)],
    ['release', async () => inRelease(product, await fetchRelease(machine, product.release))],
    ['Debian package', async () => await inBundle(machine, product, await fetchBundle(machine, product.bundle))],
  ];
}

function onPath(machine: Machine, product: Product): UnversionedSuite | undefined {
  const server = findOnPath(machine, product.servers);
  if (server === undefined) return undefined;
  const beside = path.join(path.dirname(server), product.tool);
  const tool = existsSync(beside) ? beside : findOnPath(machine, [product.tool]);
  if (tool === undefined) throw new Error(`${server} has no ${product.tool} beside it`);
  const origin = 'PATH';
  return { server: { path: server, args: [], environment: {}, origin }, tool: { path: tool, args: [], environment: {}, origin } };
}

function inRelease(product: Product, folder: string): UnversionedSuite {
  const origin = `release ${product.release.version}`;
  const program = (name: string): UnversionedProgram => ({ path: path.join(folder, name), args: [], environment: {}, origin });
  return { server: program(product.release.name), tool: program(product.tool) };
}

async function inBundle(machine: Machine, product: Product, folder: string): Promise<UnversionedSuite> {
  return { server: await product.fromBundle(machine, folder), tool: bundledProgram(folder, path.join('usr', 'bin', product.tool)) };
}

async function versioned(machine: Machine, { minimum }: Product, { server, tool }: UnversionedSuite): Promise<Suite> {
  return { server: await withVersion(machine, server, minimum), tool: await withVersion(machine, tool, minimum) };
}
