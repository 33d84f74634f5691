import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '@presage/service/web/certificates.fixture.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueAddress } from './queue-address.ts';
import { queueValues } from './queue-values.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-queue-address-'));
const at = (name: string): string => join(folder, name);
beforeAll(() => makeCertificates(folder, 'ec'));
afterAll(() => rmSync(folder, { recursive: true }));

it('reads what the flags name', () => {
  const given = { queue: 'rediss://10.0.0.5:6379', 'queue.tls-ca-file': at('ca.crt'), 'queue.tls-server-name': 'redis.internal' };
  const address = queueAddress(queueValues(given), { PRESAGE_QUEUE_PASSWORD: 'from the environment' });
  expect(address).toMatchObject({ shown: 'rediss://10.0.0.5:6379', prefix: 'presage' });
  expect(address?.tls).toEqual({ ca: expect.stringContaining('BEGIN CERTIFICATE'), servername: 'redis.internal' });
  expect(address?.password?.reveal()).toBe('from the environment');
  expect(queueAddress(queueValues({}), {})).toBeUndefined();
  expect(queueAddress(queueValues({ queue: 'redis://10.0.0.5' }), {})?.tls).toBeUndefined();
});

describe('refuses', () => {
  const secure = 'rediss://127.0.0.1:6379';
  it.each([
    [{ queue: 'redis://:hush@127.0.0.1' }, /^--queue: got a password in the address, want --queue\.password-file/],
    [{ queue: 'http://127.0.0.1' }, /^--queue: got "http:\/\/127\.0\.0\.1", want an address such as redis:/],
    [
      { queue: 'redis://127.0.0.1', 'queue.tls-ca-file': 'ca.crt' },
      /^--queue: got "redis:\/\/127\.0\.0\.1" with certificates, want rediss:/,
    ],
    [{ queue: secure, 'queue.tls-ca-file': 'garbage.pem' }, /^--queue\.tls-ca-file: got no certificate, want one as PEM$/],
    [
      { queue: secure, 'queue.tls-ca-file': 'absent' },
      /^--queue\.tls-ca-file: got .*absent, which cannot be read \(.*\), want a PEM file$/,
    ],
    [{ queue: secure, 'queue.tls-cert-file': 'client.crt' }, /^--queue\.tls-key-file: got no private key, want one as PEM/],
    [{ queue: secure, 'queue.tls-key-file': 'client.key' }, /^--queue\.tls-cert-file: got no certificate, want one as PEM$/],
    [
      { queue: secure, 'queue.tls-cert-file': 'client.crt', 'queue.tls-key-file': 'server.key' },
      /^--queue\.tls-key-file: got the key of another certificate, want the one of --queue\.tls-cert-file$/,
    ],
  ])('%j', (given, fault) => {
    const placed = Object.entries(given).map(([flag, text]) => [flag, flag === 'queue' ? text : at(text)]);
    expect(() => queueAddress(queueValues(Object.fromEntries(placed)), {})).toThrow(fault);
  });
});
