import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackagedProgram } from './program.ts';

/** A package as package-lock.json tells of it. */
interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * What a program is made of, as CycloneDX 1.5 in JSON: every package that it brings, with version, licence and the hash that the lock
 * file holds it to. `npm sbom` leaves out what the root of a workspace uses for its tools as well, hence this.
 * @throws Error where the lock file lacks a package that is wanted.
 */
export function billOfMaterials(root: string, { name, workspace }: PackagedProgram): string {
  const { packages }: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  const { version, license }: Locked = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'));
  const places = [...reachable(packages, workspace)].sort();
  const components = places.map((place) => {
    const { version, license, integrity } = packages[place];
    const component = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const purl = `pkg:npm/${component.replace('@', '%40')}@${version}`;
    const hashes = integrity === undefined ? [] : [hashOf(integrity)];
    return { type: 'library', 'bom-ref': purl, name: component, version, purl, licenses: licencesOf(license), hashes };
  });
  const component = {
    type: 'application',
    'bom-ref': name,
    name,
    version,
    purl: `pkg:npm/${name}@${version}`,
    licenses: licencesOf(license),
  };
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component }, components }, undefined, 2)}\n`;
}

/** Places in the lock file of all packages below a workspace, optional ones too, each found from where it is wanted upwards. */
function reachable(packages: Readonly<Record<string, Locked>>, workspace: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (from: string): void => {
    const { dependencies, optionalDependencies } = packages[from];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = placeOf(packages, from, name);
      if (place === undefined && optionalDependencies !== undefined && name in optionalDependencies) continue;
      if (place === undefined) throw new Error(`package-lock.json: got no ${name} for ${from}, want what its package.json asks for`);
      if (found.has(place)) continue;
      found.add(place);
      visit(place);
    }
  };
  visit(workspace);
  return found;
}

function placeOf(packages: Readonly<Record<string, Locked>>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : '') {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') return undefined;
  }
}

const licencesOf = (licence: string | undefined): readonly object[] => (licence === undefined ? [] : [{ expression: licence }]);

/** From `sha512-BASE64` to CycloneDX's form. */
function hashOf(integrity: string): { readonly alg: string; readonly content: string } {
  const [algorithm = '', digest = ''] = integrity.split('-');
  return { alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') };
}
