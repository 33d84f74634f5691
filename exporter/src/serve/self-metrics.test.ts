import { describe, expect, it } from 'vitest';
import { readExposition } from '../testing/exposition-lines.ts';
import { createSelfMetrics } from './self-metrics.ts';

const usage = () => ({ user: 1.5, system: 0.25, resident: 40_000_000 });

function values(platform: string, procfs: string): Record<string, number> {
  const build = { version: '1', revision: 'r', node: '20.20.0', platform, architecture: 'amd64' };
  const self = createSelfMetrics(build, true, { procfs, usage });
  const families = readExposition(self.write());
  self.close();
  const goos = families.find(({ name }) => name === 'node_exporter_build_info')?.samples[0].labels.get('goos') ?? '';
  return Object.fromEntries([...families.map(({ name, samples }) => [name, samples[0].value]), [`goos ${goos}`, 1]]);
}

describe('the exporter about itself', () => {
  it('is told by the runtime where there is no procfs', () => {
    const own = values('win32', '/nowhere');
    expect(own).toMatchObject({
      process_cpu_user_seconds_total: 1.5,
      process_cpu_system_seconds_total: 0.25,
      process_cpu_seconds_total: 1.75,
      process_resident_memory_bytes: 40_000_000,
      'goos windows': 1,
    });
    expect(own).not.toHaveProperty('process_virtual_memory_bytes');
    expect(own).not.toHaveProperty('process_open_fds');
  });

  it.skipIf(process.platform !== 'linux')('is told by procfs on Linux, which knows more', () => {
    const own = values('linux', '/proc');
    expect(own['process_resident_memory_bytes']).not.toBe(40_000_000);
    expect(own['process_virtual_memory_bytes']).toBeGreaterThan(1_000_000);
    expect(own['process_open_fds']).toBeGreaterThan(2);
  });
});
