import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Who sends a request, as far as that was checked: name and what proves it. */
export interface Sender {
  readonly name: string;
  readonly by: 'password' | 'certificate' | 'token';
}

/** Names of those who may come in by a bearer token. */
export interface Tokens {
  /** The name that a token stands for; nothing where it is none. Takes the same time for all that are none. */
  nameOf(token: string): string | undefined;
}

const senders = new WeakMap<IncomingMessage, Sender>();
const certificates = new WeakMap<Duplex, string>();

/** Who sends a request by a password, token or certificate that was checked; nothing where none was asked for. */
export function senderOf(request: IncomingMessage): Sender | undefined {
  const known = senders.get(request);
  if (known) return known;
  const name = certificates.get(request.socket);
  return name === undefined ? undefined : { name, by: 'certificate' };
}

/** Notes who sends a request. */
export function noteSender(request: IncomingMessage, sender: Sender): void {
  senders.set(request, sender);
}

/** Notes the common name of the certificate by which a client was verified. */
export function noteCertificate(connection: Duplex, name: string): void {
  certificates.set(connection, name);
}

/** The name noted for a connection. */
export function certificateOf(connection: Duplex): string | undefined {
  return certificates.get(connection);
}
