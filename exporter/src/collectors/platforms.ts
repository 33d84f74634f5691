import { darwinCollectors } from './darwin/index.ts';
import { collectors, type ListedCollector } from './index.ts';
import { windowsCollectors } from './windows/index.ts';

/** The collectors of a system. */
export interface PlatformCollectors {
  /** As users call the system. */
  readonly system: string;
  readonly listed: readonly ListedCollector[];
  /**
   * Collectors that other systems alone have. Their flags are taken, so that one configuration file serves every host, but none of them
   * can be switched on.
   */
  readonly elsewhere: readonly ListedCollector[];
}

/** The collectors for a value of `process.platform`; every system without a list of its own gets that of Linux. */
export function collectorsOn(platform: string): PlatformCollectors {
  if (platform === 'darwin') return { system: 'macOS', listed: darwinCollectors, elsewhere: missingFrom(darwinCollectors) };
  if (platform === 'win32') return { system: 'Windows', listed: windowsCollectors, elsewhere: missingFrom(windowsCollectors) };
  return { system: 'Linux', listed: collectors, elsewhere: missingFrom(collectors) };
}

function missingFrom(listed: readonly ListedCollector[]): readonly ListedCollector[] {
  const known = new Set(listed.map(({ collector }) => collector.name));
  return [...collectors, ...darwinCollectors, ...windowsCollectors].filter(
    ({ collector: { name } }) => !known.has(name) && known.add(name),
  );
}
