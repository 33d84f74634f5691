import { nodeTls } from '@presage/service/lazy-node.ts';
import type { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import type { DetailedPeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import { handOver } from './dial.ts';
import type { TlsSettings } from './module-keys.ts';
import type { ProbeContext } from './prober.ts';

/**
 * Speaks TLS on a connection and notes what was negotiated in the readings. Rejects if the certificate does not do, unless
 * `insecure_skip_verify` is on. `serverName` is the name to verify where the settings give none.
 */
export function startTls(
  socket: Socket,
  settings: TlsSettings,
  serverName: string,
  protocols: readonly string[],
  { ending }: ProbeContext,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    handOver(socket);
    const name = settings.server_name === '' ? serverName : settings.server_name;
    const secured = nodeTls().connect({
      socket,
      secureContext: contextOf(settings),
      host: name,
      ...(isIP(name) > 0 ? {} : { servername: name }),
      rejectUnauthorized: !settings.insecure_skip_verify,
      ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
    });
    const giveUp = () => secured.destroy();
    ending.onEnd(giveUp);
    secured.once('close', () => ending.offEnd(giveUp));
    // Stays for good: whoever reads the socket learns of later errors by itself, and without a reader they are of no interest.
    secured.on('error', reject);
    secured.once('secureConnect', () => resolve(secured));
  });
}

interface CachedContext {
  readonly seen: string;
  readonly context: SecureContext;
}

const contexts = new WeakMap<TlsSettings, CachedContext>();

/** A context is dear to make (every root certificate is parsed), so it is kept until one of its files changes. */
function contextOf(settings: TlsSettings): SecureContext {
  const files = [settings.ca_file, settings.cert_file, settings.key_file].filter((file) => file !== '');
  const seen = files.map((file) => String(statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 'absent')).join(' ');
  const known = contexts.get(settings);
  if (known?.seen === seen) return known.context;
  const read = (file: string, inline: string) => (file === '' ? inline : readFileSync(file, 'utf8'));
  const ca = read(settings.ca_file, settings.ca);
  const cert = read(settings.cert_file, settings.cert);
  const authorities = ca === '' ? systemAuthorities() : ca;
  const context = nodeTls().createSecureContext({
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(cert === '' ? {} : { cert, key: read(settings.key_file, settings.key) }),
    minVersion: settings.min_version,
    maxVersion: settings.max_version,
    ...(settings.min_version < 'TLSv1.2' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
  });
  contexts.set(settings, { seen, context });
  return context;
}

/** Where systems keep the authorities that they trust (Go's crypto/x509, root_linux.go). */
const AUTHORITY_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The system's authorities, which hold a company's own; undefined where there are none and Node's own list serves. */
function systemAuthorities(): string | undefined {
  const file = AUTHORITY_FILES.find((name) => existsSync(name));
  return file === undefined ? undefined : readFileSync(file, 'utf8');
}

const VERSIONS: Readonly<Record<string, string>> = { TLSv1: 'TLS 1.0', 'TLSv1.1': 'TLS 1.1', 'TLSv1.2': 'TLS 1.2', 'TLSv1.3': 'TLS 1.3' };

/** What Go prints where no chain was verified: the first second of the year 1. */
const NO_TIME = -62_135_596_800;

/** Notes the expiry of the certificates, the TLS version and cipher, and the facts of the leaf. */
export function readTlsFacts(socket: TLSSocket, { readings }: ProbeContext): void {
  // In this order: once the other form was asked for, Node 20 gives an empty chain.
  const chain = chainOf(socket.getPeerCertificate(true));
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return;
  const earliest = Math.min(...chain.map(({ valid_to }) => Date.parse(valid_to) / 1000));
  readings.set('probe_ssl_earliest_cert_expiry', earliest);
  readings.set('probe_ssl_last_chain_expiry_timestamp_seconds', socket.authorized ? earliest : NO_TIME);
  readings.set('probe_ssl_last_chain_info', 1, {
    fingerprint_sha256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    issuer: distinguishedName(leaf.issuer),
    serialnumber: leaf.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
    subject: distinguishedName(leaf.subject),
    subjectalternative: dnsNames(leaf).join(','),
  });
  readings.set('probe_tls_version_info', 1, { version: VERSIONS[socket.getProtocol() ?? ''] ?? 'unknown' });
  readings.set('probe_tls_cipher_info', 1, { cipher: socket.getCipher().standardName });
}

/** A root is its own issuer, which ends the chain. */
function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  for (let at: DetailedPeerCertificate | undefined = leaf; at !== undefined && !chain.includes(at); at = at.issuerCertificate)
    chain.push(at);
  return chain;
}

/** RFC 2253 as Go prints it: Node's lines, in which special characters are escaped already, from last to first. */
const distinguishedName = (lines: string): string => lines.split('\n').reverse().join(',');

function dnsNames({ subjectAltName }: X509Certificate): string[] {
  return [...(subjectAltName ?? '').matchAll(/(?:^|, )DNS:("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(([, name]) =>
    name.startsWith('"') ? String(JSON.parse(name)) : name,
  );
}
