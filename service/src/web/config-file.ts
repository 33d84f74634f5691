import {
  bool,
  choice,
  type DecodedBy,
  decodeYaml,
  dictionary,
  type Faults,
  integer,
  judged,
  list,
  mapping,
  type Path,
  required,
  scalar,
  text,
} from '../decode.ts';
import { GO_DURATION_WISH, parseGoDuration } from '../duration.ts';
import { CIPHER_SUITES, CLIENT_AUTH_TYPES, type ClientAuthType, CURVES, HTTP2_SUITES, TLS_VERSIONS, type TlsVersion } from './tls-names.ts';

const name = (known: Readonly<Record<string, string>>) => {
  const words = Object.keys(known);
  return text({ check: (value) => (words.includes(value) ? undefined : `one of ${words.join(', ')}`) });
};

const tlsKeys = mapping({
  cert: text(),
  key: text({ secret: true }),
  client_ca: text(),
  cert_file: text(),
  key_file: text(),
  client_auth_type: choice<ClientAuthType>(CLIENT_AUTH_TYPES, 'NoClientCert'),
  client_ca_file: text(),
  client_allowed_sans: list(text()),
  min_version: choice<TlsVersion>(TLS_VERSIONS, 'TLSv1.2'),
  max_version: choice<TlsVersion>(TLS_VERSIONS, 'TLSv1.3'),
  cipher_suites: list(name(CIPHER_SUITES)),
  prefer_server_cipher_suites: bool(true),
  curve_preferences: list(name(CURVES)),
});

export type TlsServerConfig = DecodedBy<typeof tlsKeys>;

/** A response header that may be set, with its allowed values where the toolkit has a list. Blank leaves it out. */
const header = (...allowed: readonly string[]) =>
  text({
    check: (value) => {
      if (allowed.length > 0 && value !== '' && !allowed.includes(value)) return `one of ${allowed.join(', ')}`;
      return /[\r\n\0]/.test(value) ? 'a text of one line' : undefined;
    },
  });

const httpKeys = mapping({
  http2: bool(true),
  headers: mapping({
    'Content-Security-Policy': header(),
    'X-Frame-Options': header('deny', 'sameorigin'),
    'X-Content-Type-Options': header('nosniff'),
    'X-XSS-Protection': header(),
    'Strict-Transport-Security': header(),
  }),
});

const BCRYPT_HASH = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

const HASH_WISH = 'a bcrypt hash as htpasswd -nBC 10 prints it';

const users = dictionary(
  required(text({ secret: true, check: (hash) => (BCRYPT_HASH.test(hash) ? undefined : HASH_WISH) }), HASH_WISH),
  (user) => (user.includes(':') ? 'a user name without a colon, which basic authentication cannot send' : undefined),
);

const rateLimitKeys = mapping({
  interval: scalar(0, GO_DURATION_WISH, (value) => {
    const seconds = value === 0 ? 0 : typeof value === 'string' ? parseGoDuration(value) : undefined;
    return seconds !== undefined && seconds >= 0 ? seconds : undefined;
  }),
  burst: integer(0, 0, Number.MAX_SAFE_INTEGER),
});

const webKeys = mapping({
  tls_server_config: judged(tlsKeys, judgeTls),
  http_server_config: httpKeys,
  basic_auth_users: users,
  rate_limit: judged(rateLimitKeys, ({ interval, burst }, path, faults) => {
    if (interval > 0 && burst === 0) faults.add([...path, 'burst'], '0', 'at least 1, or every request is refused');
  }),
});

/** The web configuration file of Prometheus' exporter toolkit, version 0.17, checked and with its defaults. Seconds for durations. */
export type WebConfig = DecodedBy<typeof webKeys>;

/** Reads the text of a web configuration file. Throws ConfigurationError with every fault; files that it names are not opened. */
export function parseWebConfig(yaml: string, fileName: string): WebConfig {
  return decodeYaml(yaml, fileName, judged(webKeys, judgeHttp2));
}

/** TLS is on as soon as a certificate, key, client CA or client policy is named (the toolkit's TLSConfig.IsEnabled). */
export function hasTls(tls: TlsServerConfig): boolean {
  const named = [tls.cert, tls.key, tls.client_ca, tls.cert_file, tls.key_file, tls.client_ca_file];
  return named.some((value) => value !== '') || tls.client_auth_type !== 'NoClientCert';
}

function judgeTls(tls: TlsServerConfig, path: Path, faults: Faults): void {
  const policy = tls.client_auth_type;
  if (hasTls(tls)) {
    if (tls.cert === '' && tls.cert_file === '')
      faults.add([...path, 'cert_file'], 'nothing', 'cert_file or cert beside the other TLS settings');
    if (tls.key === '' && tls.key_file === '')
      faults.add([...path, 'key_file'], 'nothing', 'key_file or key beside the other TLS settings');
  }
  if (policy === 'NoClientCert' && (tls.client_ca !== '' || tls.client_ca_file !== '')) {
    faults.add([...path, 'client_auth_type'], 'NoClientCert beside a client CA', 'RequireAndVerifyClientCert, or no client CA');
  }
  if (tls.client_allowed_sans.length > 0 && policy !== 'RequireAnyClientCert' && policy !== 'RequireAndVerifyClientCert') {
    faults.add([...path, 'client_allowed_sans'], `names beside client_auth_type ${policy}`, 'client_auth_type RequireAndVerifyClientCert');
  }
  const order = Object.values(TLS_VERSIONS);
  if (order.indexOf(tls.min_version) > order.indexOf(tls.max_version)) {
    faults.add([...path, 'min_version'], `${tls.min_version}, above max_version ${tls.max_version}`, 'at most max_version');
  }
}

function judgeHttp2(config: WebConfig, path: Path, faults: Faults): void {
  const { cipher_suites: suites, min_version } = config.tls_server_config;
  if (!hasTls(config.tls_server_config) || !config.http_server_config.http2 || suites.length === 0 || min_version === 'TLSv1.3') return;
  if (suites.some((suite) => HTTP2_SUITES.includes(suite))) return;
  faults.add(
    [...path, 'tls_server_config', 'cipher_suites'],
    'none of the suites that HTTP/2 needs',
    `${HTTP2_SUITES.join(' or ')}, or http2: false`,
  );
}
