import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CLIENT_NAMES = 'DNS:client.test,email:me@client.test,IP:2001:db8::1,IP:192.0.2.7,URI:spiffe://presage.test/a\\,b';

/**
 * Makes ca.crt, server.{crt,key} for localhost, client.{crt,key} from the same CA, stranger.{crt,key} (signed by itself),
 * locked.key (with a passphrase) and garbage.pem in a folder, so that no private key stands in the repository.
 */
export function makeCertificates(folder: string, algorithm: 'rsa' | 'ec' = 'rsa'): void {
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const newKey = [
    ...(algorithm === 'rsa' ? ['-newkey', 'rsa:2048'] : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']),
    '-nodes',
    '-sha256',
  ];
  const signed = (name: string, names: string, usage: string) => {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(join(folder, `${name}.ext`), `[v3]\nsubjectAltName=@names\nextendedKeyUsage=${usage}\n[names]\n${numbered(names)}`);
    const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-days',
      '30',
      '-extfile',
      `${name}.ext`,
      '-extensions',
      'v3',
      '-out',
      `${name}.crt`,
    );
  };
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Test CA', '-days', '30');
  signed('server', 'DNS:localhost,IP:127.0.0.1', 'serverAuth');
  signed('client', CLIENT_NAMES, 'clientAuth');
  openssl('req', '-x509', ...newKey, '-keyout', 'stranger.key', '-out', 'stranger.crt', '-subj', '/CN=stranger', '-days', '30');
  openssl('pkey', '-in', 'server.key', '-aes256', '-passout', 'pass:secret', '-out', 'locked.key');
  writeFileSync(join(folder, 'garbage.pem'), 'neither a certificate nor a key\n');
}

/** OpenSSL's section form of a list of names, which may hold commas: `DNS.0 = a`. */
function numbered(names: string): string {
  return names
    .split(/(?<!\\),/)
    .map((name, index) => `${name.slice(0, name.indexOf(':'))}.${index} = ${name.slice(name.indexOf(':') + 1).replace('\\,', ',')}\n`)
    .join('');
}
