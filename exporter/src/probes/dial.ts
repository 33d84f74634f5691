import { connect, type Socket } from 'node:net';
import type { ProbeContext } from './prober.ts';

/** Opens a TCP connection to an IP address. It is destroyed when the probe ends, whatever happens. Rejects if it cannot be had. */
export function dial(address: string, port: number, sourceAddress: string, { ending }: ProbeContext): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true, ...(sourceAddress === '' ? {} : { localAddress: sourceAddress }) });
    const giveUp = () => {
      if (!handedOver.has(socket)) socket.destroy();
    };
    ending.onEnd(giveUp);
    socket.once('close', () => ending.offEnd(giveUp));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // Who reads the socket learns of later errors by itself; without a reader they are of no interest.
      socket.on('error', giveUp);
      resolve(socket);
    });
  });
}

const handedOver = new WeakSet<Socket>();

/**
 * Leaves a connection to the TLS socket that wraps it, which then owns the handle of both: to destroy the inner one as well, in
 * the tick in which the outer one refuses a certificate, ends Node 20 with a segmentation fault.
 */
export function handOver(socket: Socket): void {
  handedOver.add(socket);
}
