import { resolve } from 'node:path';
import type { TlsOptions, TLSSocket } from 'node:tls';
import { ConfigurationError } from '../decode.ts';
import { nodeTls } from '../lazy-node.ts';
import { errorText } from '../log.ts';
import { allowedBySan } from './client-sans.ts';
import type { TlsServerConfig } from './config-file.ts';
import { checkCertificate, checkPair, readPem } from './pem.ts';
import { CIPHER_SUITES, CURVES, TLS13_SUITES } from './tls-names.ts';

/** The files that a web configuration names, as absolute paths: relative ones start at the folder of the configuration file. */
export function tlsFiles(tls: TlsServerConfig, folder: string): readonly string[] {
  return [tls.cert_file, tls.key_file, tls.client_ca_file].filter((file) => file !== '').map((file) => resolve(folder, file));
}

/**
 * Node's TLS options for a web configuration. Reads the certificate files and tries them out.
 * Throws ConfigurationError for a file that cannot be read, is no PEM, or does not go with the other.
 */
export function tlsOptions(tls: TlsServerConfig, folder: string, fileName: string, protocols: readonly string[]): TlsOptions {
  const place = (key: string) => `${fileName}: tls_server_config.${key}`;
  const pem = (fileKey: 'cert_file' | 'key_file' | 'client_ca_file', inline: string) =>
    tls[fileKey] === '' ? inline : readPem(resolve(folder, tls[fileKey]), place(fileKey));
  const cert = pem('cert_file', tls.cert);
  const key = pem('key_file', tls.key);
  const ca = pem('client_ca_file', tls.client_ca);
  checkPair(cert, key, place(tls.cert_file === '' ? 'cert' : 'cert_file'), place(tls.key_file === '' ? 'key' : 'key_file'));
  if (ca !== '') checkCertificate(ca, place(tls.client_ca_file === '' ? 'client_ca' : 'client_ca_file'));
  const options: TlsOptions = {
    cert,
    key,
    ...(ca === '' ? {} : { ca }),
    minVersion: tls.min_version,
    maxVersion: tls.max_version,
    ...cipherOptions(tls),
    ...(tls.curve_preferences.length === 0 ? {} : { ecdhCurve: tls.curve_preferences.map((curve) => CURVES[curve]).join(':') }),
    honorCipherOrder: tls.prefer_server_cipher_suites,
    requestCert: tls.client_auth_type !== 'NoClientCert',
    rejectUnauthorized: tls.client_auth_type === 'RequireAndVerifyClientCert',
    ALPNProtocols: [...protocols],
  };
  try {
    nodeTls().createSecureContext(options);
  } catch (error) {
    throw new ConfigurationError([
      `${place('cert_file')}: got a TLS setting that cannot be used (${errorText(error)}), want one that OpenSSL accepts`,
    ]);
  }
  return options;
}

function cipherOptions({ cipher_suites: suites, min_version: min }: TlsServerConfig): { readonly ciphers?: string } {
  const old = min === 'TLSv1' || min === 'TLSv1.1';
  if (suites.length === 0 && !old) return {};
  const below13 = suites.map((suite) => CIPHER_SUITES[suite]).filter((suite) => !suite.startsWith('TLS_'));
  // OpenSSL 3 speaks TLS 1.0 and 1.1 at security level 0 alone.
  const named = suites.length === 0 ? ['DEFAULT'] : below13;
  return { ciphers: [...TLS13_SUITES, ...named, ...(old ? ['@SECLEVEL=0'] : [])].join(':') };
}

/**
 * Why a client whose handshake is done may not speak to us, or undefined if it may. OpenSSL has verified the certificate if
 * there is one; whether there must be one, and what it must name, is decided here (Go does it within the handshake).
 */
export function clientFault(tls: TlsServerConfig, socket: TLSSocket): string | undefined {
  if (tls.client_auth_type === 'NoClientCert' || tls.client_auth_type === 'RequestClientCert') return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return tls.client_auth_type === 'VerifyClientCertIfGiven' ? undefined : 'sent no certificate';
  if (tls.client_auth_type !== 'RequireAnyClientCert' && !socket.authorized)
    return `sent a certificate that cannot be verified (${String(socket.authorizationError)})`;
  if (tls.client_allowed_sans.length > 0 && !allowedBySan(certificate, tls.client_allowed_sans))
    return 'sent a certificate whose names are not in client_allowed_sans';
  return undefined;
}
