import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A message as it was handed in. */
export interface Mail {
  readonly user: string;
  readonly password: string;
  readonly to: string;
  readonly text: string;
}

export interface SmtpServer {
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** A mail server on loopback that takes everything from anybody (RFC 5321, with AUTH PLAIN of RFC 4954). */
export async function receiveMail(take: (mail: Mail) => void): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, take);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address: `127.0.0.1:${address.port}`, close };
}

function converse(socket: Socket, take: (mail: Mail) => void): void {
  let waiting = '';
  let body: string[] | undefined;
  let [user, password, to] = ['', '', ''];
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const hear = (line: string): void => {
    if (body !== undefined && line !== '.') body.push(line);
    else if (body !== undefined) {
      take({ user, password, to, text: body.join('\n') });
      body = undefined;
      say('250 taken');
    } else if (line.startsWith('EHLO')) socket.write('250-127.0.0.1\r\n250 AUTH PLAIN\r\n');
    else if (line.startsWith('AUTH PLAIN ')) {
      [, user = '', password = ''] = Buffer.from(line.slice(11), 'base64').toString().split('\0');
      say('235 welcome');
    } else if (line === 'DATA') {
      body = [];
      say('354 go on');
    } else {
      if (line.startsWith('RCPT TO:')) to = line.slice(8);
      say(line === 'QUIT' ? '221 bye' : '250 fine');
    }
  };
  say('220 ready');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    const lines = (waiting + chunk.toString()).split('\r\n');
    waiting = lines.pop() ?? '';
    lines.forEach(hear);
  });
}
