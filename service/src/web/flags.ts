import { booleanFlag, listFlag, stringFlag } from '../flags.ts';
import { LISTEN_ADDRESS_WISH, parseListenAddress } from './listen-address.ts';

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
