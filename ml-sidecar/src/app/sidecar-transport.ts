import { UsageError } from '@presage/service/command-line.ts';
import { durationFlag, stringFlag, type FlagValues } from '@presage/service/flags.ts';
import { errorText } from '@presage/service/log.ts';
import { createTransport, type Transport } from '../prometheus/transport.ts';

/** The flags of a command that asks a running sidecar. */
export const sidecarFlags = {
  url: stringFlag({ help: 'Address of the running sidecar.', default: 'http://127.0.0.1:9867' }),
  timeout: durationFlag({ help: 'Longest wait for an answer.', default: 10 }),
  'http.username': stringFlag({ help: 'User name, where the sidecar asks for one.' }),
  'http.password.file': stringFlag({ help: 'File with the password.' }),
  'tls.ca.file': stringFlag({ help: 'Certificates to trust for https, as PEM.' }),
} as const;

/** A transport to the sidecar that the flags name. Throws a UsageError for what they cannot mean; `read` gives the text of a file. */
export function sidecarTransport(values: FlagValues<typeof sidecarFlags>, read: (path: string) => string): Transport {
  if (!URL.canParse(values.url))
    throw new UsageError(`--url: got ${JSON.stringify(values.url)}, want an address such as http://127.0.0.1:9867`);
  const username = values['http.username'];
  const password = readIfGiven('http.password.file', values['http.password.file'], read);
  const ca = readIfGiven('tls.ca.file', values['tls.ca.file'], read);
  return createTransport({
    url: values.url,
    timeoutSeconds: values.timeout,
    maxAnswerBytes: 64 * 2 ** 20,
    ...(username === '' ? {} : { basicAuth: { username, password: (password ?? '').trim() } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
}

/** The text of the file that a flag names, nothing where it names none. Throws a UsageError where it cannot be read. */
export function readIfGiven(flag: string, path: string, read: (path: string) => string): string | undefined {
  if (path === '') return undefined;
  try {
    return read(path);
  } catch (error) {
    throw new UsageError(`--${flag}: got ${JSON.stringify(path)} (${errorText(error)}), want a file that can be read`, { cause: error });
  }
}
