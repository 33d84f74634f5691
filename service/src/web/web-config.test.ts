import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../decode.ts';
import { silentLogger } from '../log.ts';
import { layOut, testFiles } from './web-config.fixture.ts';
import { openWebConfig } from './web-config.ts';

let folder = '';
beforeAll(() => {
  folder = layOut();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const open = (name: string) => openWebConfig(join(folder, `${name}.yml`), silentLogger).current();

/** What each bad file is told: where, what was found, what is wanted. The folder's name is left out. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  'not-yaml': ['not-yaml.yml:2: Flow sequence in block collection must be', 'not-yaml.yml:2: Flow map in block collection must be'],
  'top-level-list': ['top-level-list.yml:1: got a list, want a mapping'],
  'duplicate-key': ['duplicate-key.yml:3: Map keys must be unique, want valid YAML'],
  'unknown-top-key': ['unknown-top-key.yml:2: tls_server_confg: got an unknown key, want tls_server_config, if that was meant'],
  'unknown-tls-key': ['unknown-tls-key.yml:4: tls_server_config.min_versoin: got an unknown key, want min_version, if that was meant'],
  'unknown-http-key': ['unknown-http-key.yml:2: http_server_config.http3: got an unknown key, want http2, if that was meant'],
  'unknown-rate-limit-key': ['unknown-rate-limit-key.yml:4: rate_limit.per_client: got an unknown key, want one of interval, burst'],
  'tls-not-a-mapping': ['tls-not-a-mapping.yml:1: tls_server_config: got "server.crt", want a mapping'],
  'key-without-cert': [
    'key-without-cert.yml:2: tls_server_config.cert_file: got nothing, want cert_file or cert beside the other TLS settings',
  ],
  'cert-without-key': ['cert-without-key.yml:2: tls_server_config.key_file: got nothing, want key_file or key'],
  'inline-key-without-cert': ['inline-key-without-cert.yml:2: tls_server_config.cert_file: got nothing, want cert_file or cert'],
  'cert-file-empty': ['cert-file-empty.yml:2: tls_server_config.cert_file: got nothing, want cert_file or cert'],
  'cert-file-absent': ['cert-file-absent.yml: tls_server_config.cert_file: got nowhere.crt, which cannot be read (ENOENT'],
  'key-file-absent': ['key-file-absent.yml: tls_server_config.key_file: got nowhere.key, which cannot be read (ENOENT'],
  'cert-file-not-pem': ['cert-file-not-pem.yml: tls_server_config.cert_file: got no certificate, want one as PEM'],
  'key-file-not-pem': ['key-file-not-pem.yml: tls_server_config.key_file: got no private key, want one as PEM, without a passphrase'],
  'key-of-another-certificate': ['tls_server_config.key_file: got the key of another certificate, want the one of'],
  'key-with-passphrase': ['key-with-passphrase.yml: tls_server_config.key_file: got no private key, want one as PEM, without a passphrase'],
  'client-ca-without-policy': ['tls_server_config.client_auth_type: got NoClientCert beside a client CA, want RequireAndVerifyClientCert'],
  'client-ca-file-absent': ['tls_server_config.client_ca_file: got nowhere.crt, which cannot be read'],
  'client-ca-not-pem': ['tls_server_config.client_ca_file: got no certificate, want one as PEM'],
  'client-auth-type-unknown': [
    'client-auth-type-unknown.yml:4: tls_server_config.client_auth_type: got "requireandverify", want one of NoClientCert, RequestClientCert',
  ],
  'client-auth-type-without-cert': ['tls_server_config.cert_file: got nothing', 'tls_server_config.key_file: got nothing'],
  'sans-without-policy': ['tls_server_config.client_allowed_sans: got names beside client_auth_type NoClientCert, want client_auth_type'],
  'sans-with-optional-cert': ['tls_server_config.client_allowed_sans: got names beside client_auth_type VerifyClientCertIfGiven'],
  'sans-not-a-list': ['sans-not-a-list.yml:5: tls_server_config.client_allowed_sans: got "client.test", want a list'],
  'min-version-unknown': ['min-version-unknown.yml:4: tls_server_config.min_version: got "TLS14", want one of TLS10, TLS11, TLS12, TLS13'],
  'min-version-number': ['tls_server_config.min_version: got 1.2, want one of TLS10'],
  'min-version-above-max': ['tls_server_config.min_version: got TLSv1.3, above max_version TLSv1.2, want at most max_version'],
  'cipher-unknown': ['tls_server_config.cipher_suites[1]: got "TLS_MADE_UP", want one of TLS_ECDHE'],
  'cipher-insecure': ['tls_server_config.cipher_suites[0]: got "TLS_RSA_WITH_AES_128_CBC_SHA", want one of'],
  'ciphers-not-a-list': ['tls_server_config.cipher_suites: got "TLS_AES_128_GCM_SHA256", want a list'],
  'ciphers-without-http2-suite': [
    'tls_server_config.cipher_suites: got none of the suites that HTTP/2 needs, want TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or',
  ],
  'curve-unknown': ['tls_server_config.curve_preferences[0]: got "CurveP257", want one of CurveP256, CurveP384, CurveP521, X25519'],
  'prefer-server-cipher-suites-word': ['tls_server_config.prefer_server_cipher_suites: got "perhaps", want true or false'],
  'http2-word': ['http2-word.yml:2: http_server_config.http2: got "maybe", want true or false'],
  'header-unknown': ['http_server_config.headers.X-Powered-By: got an unknown key, want one of Content-Security-Policy, X-Frame-Options'],
  'header-in-lower-case': ['http_server_config.headers.x-frame-options: got an unknown key, want X-Frame-Options, if that was meant'],
  'header-frame-options': ['http_server_config.headers.X-Frame-Options: got "allow", want one of deny, sameorigin'],
  'header-content-type-options': ['http_server_config.headers.X-Content-Type-Options: got "sniff", want one of nosniff'],
  'header-of-two-lines': ['http_server_config.headers.Content-Security-Policy: got "default-src\\r\\nX-Evil: 1", want a text of one line'],
  'user-plain-password': [
    'user-plain-password.yml:2: basic_auth_users.alice: got <secret>, want a bcrypt hash as htpasswd -nBC 10 prints it',
  ],
  'user-hash-cut-short': ['basic_auth_users.alice: got <secret>, want a bcrypt hash'],
  'user-cost-too-low': ['basic_auth_users.alice: got <secret>, want a bcrypt hash'],
  'user-without-password': ['basic_auth_users.alice: got nothing, want a bcrypt hash'],
  'user-with-colon': ['basic_auth_users.al:ice: got "al:ice", want a user name without a colon'],
  'users-list': ['basic_auth_users: got a list, want a mapping'],
  'rate-interval-without-unit': ['rate-interval-without-unit.yml:2: rate_limit.interval: got 5, want a duration such as 5s, 1.5s or 1m30s'],
  'rate-interval-negative': ['rate_limit.interval: got "-1s", want a duration'],
  'rate-burst-fraction': ['rate_limit.burst: got 1.5, want a whole number of at least 0'],
  'rate-burst-missing': ['rate_limit.burst: got 0, want at least 1, or every request is refused'],
  'several-faults': [
    'several-faults.yml:3: tls_server_config.min_version: got "SSL3"',
    'several-faults.yml:5: http_server_config.http2: got 2, want true or false',
    'several-faults.yml:7: rate_limit.burst: got -1, want a whole number of at least 0',
  ],
};

describe('a bad web configuration file', () => {
  it('has its line in the table', () => {
    expect(Object.keys(FAULTS).sort()).toEqual([...testFiles('bad')].sort());
  });

  it.each(Object.entries(FAULTS))('%s is refused with place, finding and wish', (name, wanted) => {
    let faults: readonly string[] = ['none'];
    try {
      open(name);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      faults = error.faults.map((fault) => fault.replaceAll(`${folder}/`, ''));
    }
    expect(faults).toEqual(wanted.map((part) => expect.stringContaining(part)));
    for (const fault of faults) expect(fault).not.toMatch(/hunter2|not-even-a-key/);
  });

  it('that does not exist is refused by the flag that names it', () => {
    expect(() => openWebConfig(join(folder, 'nowhere.yml'), silentLogger)).toThrow(
      /^--web\.config\.file: got .*nowhere\.yml, which cannot be read \(ENOENT.*\), want a YAML file$/,
    );
  });
});

describe('a good web configuration file', () => {
  it.each(testFiles('good'))('%s is taken', (name) => {
    expect(open(name).tls !== undefined).toBe(/^(tls|ciphers|curves|client|sans|users-over-tls)/.test(name));
  });
});
