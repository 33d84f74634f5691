import { stringFlag } from '@presage/service/flags.ts';
import { deviceFilter, type DeviceFilter } from './device-filter.ts';

const IGNORED = 'collector.powersupply.ignored-supplies';

/** The flag of the collector powersupplyclass. */
export const supplyFlags = { [IGNORED]: stringFlag({ help: 'Regexp of the power supplies to leave out.', default: '^$' }) };

/** Whether a power supply is shown. Throws UsageError for what is no regular expression. */
export function supplyFilter(values: { readonly [IGNORED]: string }): DeviceFilter {
  return deviceFilter({ include: ['', ''], exclude: [IGNORED, values[IGNORED]] });
}
