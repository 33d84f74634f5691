import { createServer } from 'node:net';

/**
 * Chooses a free port on loopback for each name: the preferred one, or one of the system's choice where it is taken.
 * @returns the ports by name. Between choosing and listening somebody else can still take one; the program that listens then says so.
 */
export async function choosePorts<Name extends string>(preferred: Readonly<Record<Name, number>>): Promise<Readonly<Record<Name, number>>> {
  const chosen: Record<Name, number> = { ...preferred };
  const names: Name[] = [];
  for (const name in preferred) names.push(name);
  // All are held until the last is chosen, so that none is given out twice.
  const held: { close: () => Promise<void> }[] = [];
  for (const name of names) {
    const port = (await hold(preferred[name])) ?? (await hold(0));
    if (port === undefined) throw new Error('no free port on 127.0.0.1');
    chosen[name] = port.number;
    held.push(port);
  }
  await Promise.all(held.map((port) => port.close()));
  return chosen;
}

/** Listens on a port of 127.0.0.1, or gives undefined where it is taken or not allowed. */
function hold(port: number): Promise<{ readonly number: number; close: () => Promise<void> } | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const number = address === null || typeof address === 'string' ? port : address.port;
      resolve({ number, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
