import { checkCertificate, checkPair, readPem } from '@presage/service/web/pem.ts';
import type { TlsFiles } from '../configuration/transports.ts';

/** The same as Node takes it; certificates and key as PEM. */
export interface ClientTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/**
 * Reads the files and tries them out. `placeOf` gives the setting that names each. Throws ConfigurationError for one that cannot be
 * read or does not hold what it should, and for a certificate without its key or a key without its certificate.
 */
export function readClientTls(files: TlsFiles, placeOf: (file: 'ca' | 'cert' | 'key') => string): ClientTls {
  const read = (file: 'ca' | 'cert' | 'key'): string => (files[file] === '' ? '' : readPem(files[file], placeOf(file)));
  const [ca, cert, key] = [read('ca'), read('cert'), read('key')];
  const showsItself = files.cert !== '' || files.key !== '';
  if (files.ca !== '') checkCertificate(ca, placeOf('ca'));
  if (showsItself) checkPair(cert, key, placeOf('cert'), placeOf('key'));
  return {
    ...(files.ca === '' ? {} : { ca }),
    ...(showsItself ? { cert, key } : {}),
    ...(files.serverName === '' ? {} : { servername: files.serverName }),
  };
}
