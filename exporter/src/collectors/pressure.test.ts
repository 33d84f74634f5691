import { describe, expect, it } from 'vitest';
import { parsePressureTotal } from './pressure.ts';

const io = 'some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802\nfull avg10=0.18 avg60=0.34 avg300=0.10 total=159229614\n';

describe('parsePressureTotal', () => {
  it('gives the total of the asked line in seconds', () => {
    expect(parsePressureTotal(io, 'some')).toBe(159.886802);
    expect(parsePressureTotal(io, 'full')).toBe(159.229614);
  });
  it.each(['', 'some avg10=0.00', 'full avg10=0 total=x'])('finds no total in %j', (text) =>
    expect(parsePressureTotal(text, 'full')).toBeUndefined(),
  );
});
