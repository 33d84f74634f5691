import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../decode.ts';
import { nodeCrypto } from '../lazy-node.ts';
import { errorText } from '../log.ts';

/** The text of a PEM file; `place` is the setting that names it. Throws ConfigurationError. */
export function readPem(file: string, place: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError([`${place}: got ${file}, which cannot be read (${errorText(error)}), want a PEM file`]);
  }
}

/** Throws ConfigurationError where a text is no certificate, or none of whose key that is. Neither may be empty; no key is shown. */
export function checkPair(cert: string, key: string, certPlace: string, keyPlace: string): void {
  const certificate = checkCertificate(cert, certPlace);
  let matches;
  try {
    matches = certificate.checkPrivateKey(nodeCrypto().createPrivateKey(key));
  } catch {
    throw new ConfigurationError([`${keyPlace}: got no private key, want one as PEM, without a passphrase`]);
  }
  if (!matches) throw new ConfigurationError([`${keyPlace}: got the key of another certificate, want the one of ${certPlace}`]);
}

/** The first certificate of a text. Throws ConfigurationError where there is none. */
export function checkCertificate(pem: string, place: string): X509Certificate {
  try {
    return new (nodeCrypto().X509Certificate)(pem);
  } catch {
    throw new ConfigurationError([`${place}: got no certificate, want one as PEM`]);
  }
}
