import { describe, expect, it } from 'vitest';
import { parseClocksources } from './time.ts';

describe('parseClocksources', () => {
  it.each([
    ['tsc hpet acpi_pm \n', ['tsc', 'hpet', 'acpi_pm']],
    ['', []],
    [undefined, []],
  ])('reads %j', (text, names) => expect(parseClocksources(text)).toEqual(names));
});
