import { durationFlag, intFlag, stringFlag, type Flag } from '@presage/service/flags.ts';
import { deviceFilter, type DeviceFilter } from './device-filter.ts';

const MOUNTS_INCLUDE = 'collector.filesystem.mount-points-include';
const MOUNTS_EXCLUDE = 'collector.filesystem.mount-points-exclude';
const TYPES_INCLUDE = 'collector.filesystem.fs-types-include';
const TYPES_EXCLUDE = 'collector.filesystem.fs-types-exclude';

/** How long a mount may take to answer, in seconds. */
export const MOUNT_TIMEOUT = 'collector.filesystem.mount-timeout';
const WORKERS = 'collector.filesystem.stat-workers';

/** What is left out unless the user says otherwise: regular expressions, empty for nothing. */
export interface ExcludedByDefault {
  readonly mounts: string;
  readonly types: string;
}

interface FilesystemFlags {
  readonly [MOUNTS_INCLUDE]: Flag<string>;
  readonly [MOUNTS_EXCLUDE]: Flag<string>;
  readonly [TYPES_INCLUDE]: Flag<string>;
  readonly [TYPES_EXCLUDE]: Flag<string>;
  readonly [MOUNT_TIMEOUT]: Flag<number>;
  readonly [WORKERS]: Flag<number>;
}

/** The flags of the collector filesystem, the same on every system but for what is left out by default. */
export function filesystemFlags(excluded: ExcludedByDefault): FilesystemFlags & Readonly<Record<string, Flag<unknown>>> {
  return {
    [MOUNTS_INCLUDE]: stringFlag({ help: 'Regexp of the mount points to show; then mount-points-exclude must not be given.' }),
    [MOUNTS_EXCLUDE]: stringFlag({ help: 'Regexp of the mount points to leave out.', default: excluded.mounts }),
    [TYPES_INCLUDE]: stringFlag({ help: 'Regexp of the file system types to show; then fs-types-exclude must not be given.' }),
    [TYPES_EXCLUDE]: stringFlag({ help: 'Regexp of the file system types to leave out.', default: excluded.types }),
    [MOUNT_TIMEOUT]: durationFlag({ help: 'How long a mount may take to answer before it is shown with a device error.', default: 5 }),
    [WORKERS]: intFlag({ help: 'Accepted for compatibility: the helper asks up to 16 mounts at once.', default: 4, min: 1 }),
  };
}

/** The values of the flags that choose mounts. */
type FilterValues = Readonly<Record<typeof MOUNTS_INCLUDE | typeof MOUNTS_EXCLUDE | typeof TYPES_INCLUDE | typeof TYPES_EXCLUDE, string>>;

/** Whether a mount is shown. Throws UsageError for what the flags cannot mean. */
export function mountFilter(values: FilterValues, excluded: ExcludedByDefault): (mountPoint: string, type: string) => boolean {
  const mountShown = filter([MOUNTS_INCLUDE, values[MOUNTS_INCLUDE]], [MOUNTS_EXCLUDE, values[MOUNTS_EXCLUDE]], excluded.mounts);
  const typeShown = filter([TYPES_INCLUDE, values[TYPES_INCLUDE]], [TYPES_EXCLUDE, values[TYPES_EXCLUDE]], excluded.types);
  return (mountPoint, type) => mountShown(mountPoint) && typeShown(type);
}

/** With an include pattern the default exclude pattern is not meant. */
function filter(include: readonly [string, string], exclude: readonly [string, string], usual: string): DeviceFilter {
  const [flag, given] = exclude;
  return deviceFilter({ include, exclude: [flag, include[1] !== '' && given === usual ? '' : given] });
}
