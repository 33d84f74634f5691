import { describe, expect, it } from 'vitest';
import { parseVulnerability } from './cpu-vulnerabilities.ts';

describe('parseVulnerability', () => {
  it.each([
    ['', 'unknown', ''],
    ['Unknown: No mitigations\n', 'unknown', 'Unknown: No mitigations'],
    ['Not affected\n', 'not affected', ''],
    ['Vulnerable', 'vulnerable', ''],
    ['Vulnerable: No microcode', 'vulnerable', 'No microcode'],
    ['Vulnerable; BHI: Retpoline', 'vulnerable', 'BHI: Retpoline'],
    ['Processor vulnerable', 'vulnerable', ''],
    ['KVM: Mitigation: VMX disabled', 'mitigation', 'VMX disabled'],
    ['Mitigation: Retpolines, STIBP: always-on, BHI: Vulnerable', 'mitigation', 'Retpolines, STIBP: always-on, BHI: Vulnerable'],
  ])('reads %j', (text, state, mitigation) => expect(parseVulnerability(text)).toEqual({ state, mitigation }));
});
