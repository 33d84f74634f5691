import { readFileSync } from 'node:fs';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A mail as a mail program shows it, and how it was handed in. */
export interface Mail {
  readonly user: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** As it was sent. */
  readonly source: string;
}

export interface Account {
  readonly user: string;
  readonly password: string;
}

export interface Mailbox {
  /** Mails taken so far, oldest first. */
  readonly mails: readonly Promise<Mail>[];
  /** Names under which somebody tried to log in with another password. */
  readonly refused: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * A mail server on a loopback port that offers STARTTLS with the server certificate of `folder` and takes mails from one account alone,
 * by AUTH PLAIN or LOGIN, and over TLS alone.
 */
export async function openMailbox(port: number, folder: string, account: Account): Promise<Mailbox> {
  const mails: Promise<Mail>[] = [];
  const refused: string[] = [];
  const server = new SMTPServer({
    key: readFileSync(`${folder}/server.key`),
    cert: readFileSync(`${folder}/server.crt`),
    authOptional: false,
    allowInsecureAuth: false,
    logger: false,
    disableReverseLookup: true,
    onAuth: (auth, _session, done) => {
      if (auth.username === account.user && auth.password === account.password) return done(null, { user: account.user });
      refused.push(String(auth.username));
      return done(new Error('wrong name or password'));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { envelope, user, secure } = session;
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push(readMail(Buffer.concat(parts), { user: String(user), secure, to }));
        done();
      });
    },
  });
  // A client that drops its connection is no fault of the server.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { mails, refused, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function readMail(source: Buffer, handedIn: Pick<Mail, 'user' | 'secure' | 'to'>): Promise<Mail> {
  const { subject = '', text = '', html = '' } = await PostalMime.parse(source);
  return { ...handedIn, subject, text, html, source: source.toString() };
}
