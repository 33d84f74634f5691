import { stringFlag, type Flag } from '@presage/service/flags.ts';
import { deviceFilter, type DeviceFilter } from './device-filter.ts';

const INCLUDE = 'collector.diskstats.device-include';
const EXCLUDE = 'collector.diskstats.device-exclude';

/** The flags of the collector diskstats; `excluded` is the pattern of what is left out unless the user says otherwise, empty for nothing. */
export function diskFlags(excluded: string): Readonly<Record<typeof INCLUDE | typeof EXCLUDE, Flag<string>>> {
  return {
    [INCLUDE]: stringFlag({ help: 'Regexp of the disks to show; then device-exclude must not be given.' }),
    [EXCLUDE]: stringFlag({ help: 'Regexp of the disks to leave out.', default: excluded }),
  };
}

/** Whether a disk is shown; with an include pattern the default exclude pattern is not meant. Throws UsageError for what the flags cannot mean. */
export function diskFilter(values: Readonly<Record<typeof INCLUDE | typeof EXCLUDE, string>>, excluded: string): DeviceFilter {
  const [include, given] = [values[INCLUDE], values[EXCLUDE]];
  const exclude = include !== '' && given === excluded ? '' : given;
  return deviceFilter({ include: [INCLUDE, include], exclude: [EXCLUDE, exclude] });
}
