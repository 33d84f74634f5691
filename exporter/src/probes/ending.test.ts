import { describe, expect, it } from 'vitest';
import { Ending } from './ending.ts';

describe('an ending', () => {
  it('calls each listener once, those that come late at once, and those that left never', () => {
    const ending = new Ending();
    const called: string[] = [];
    const left = () => called.push('left');
    ending.onEnd(() => called.push('first'));
    ending.onEnd(left);
    ending.offEnd(left);
    expect(ending.ended).toBe(false);
    ending.end();
    ending.end();
    ending.onEnd(() => called.push('late'));
    expect(called).toEqual(['first', 'late']);
    expect(ending.ended).toBe(true);
  });

  it('calls the others when one throws, and gives what was thrown', () => {
    const ending = new Ending();
    const called: string[] = [];
    ending.onEnd(() => {
      throw new Error('broken');
    });
    ending.onEnd(() => called.push('other'));
    expect(ending.end().map(String)).toEqual(['Error: broken']);
    expect(called).toEqual(['other']);
  });
});
