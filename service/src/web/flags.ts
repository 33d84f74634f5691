import { booleanFlag, type FlagValues, listFlag, stringFlag } from '../flags.ts';
import { LISTEN_ADDRESS_WISH, parseListenAddress } from './listen-address.ts';
import { systemdSockets, type WebServerOptions } from './server.ts';

/** The flags of a program that serves HTTP, to be spread into its schema; `defaultAddress` as ":9100". */
export function webFlags(defaultAddress: string) {
  return {
    'web.listen-address': listFlag({
      help: `Address to serve on: ${LISTEN_ADDRESS_WISH}.`,
      default: [defaultAddress],
      check: (text) => (parseListenAddress(text) === undefined ? LISTEN_ADDRESS_WISH : undefined),
    }),
    'web.config.file': stringFlag({
      help: "File with TLS, client certificates, passwords, response headers and rate limit, as of Prometheus' exporter toolkit.",
    }),
    'web.systemd-socket': booleanFlag({ help: 'Serve on the sockets that systemd hands over instead of --web.listen-address.' }),
  } as const;
}

/** Where and by what rules to serve: the part of the options of a web server that its flags decide. */
export type WebListening = Pick<WebServerOptions, 'listenAddresses' | 'fileDescriptors' | 'webConfig'>;

/**
 * What the values of `webFlags` ask for. `bcryptWorker` is the built worker beside the program:
 * `new URL('./bcrypt.worker.js', import.meta.url)` in main.ts. Throws UsageError if systemd's sockets are wanted and absent.
 */
export function webListening(
  values: FlagValues<ReturnType<typeof webFlags>>,
  host: { readonly environment: Readonly<Record<string, string | undefined>>; readonly processId: number; readonly bcryptWorker: URL },
): WebListening {
  return {
    listenAddresses: values['web.listen-address'],
    fileDescriptors: values['web.systemd-socket'] ? systemdSockets(host.environment, host.processId) : [],
    webConfig: { file: values['web.config.file'], bcryptWorker: host.bcryptWorker },
  };
}
