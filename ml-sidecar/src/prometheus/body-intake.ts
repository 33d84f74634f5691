import type { WriteReply } from './remote-write.ts';

/** What a transport does with the bodies that it brings. */
export interface BodyIntakeOptions {
  /** Takes a body as `WriteReceiver.receive` does. */
  readonly receive: (body: Uint8Array) => WriteReply;
  /** Waits so many seconds; may end early when `signal` fires. */
  readonly sleep: (seconds: number) => Promise<void>;
  /** Ends the transport. */
  readonly signal: AbortSignal;
  /** A body that was passed over for good, with the reason. */
  readonly onDrop?: (message: string) => void;
  /** The other side failed; the transport goes on. The text holds no credential. */
  readonly onError?: (message: string) => void;
  /** The other side answers: at the first time, after each fault, and maybe in between. */
  readonly onWell?: () => void;
}

/** A queue of remote-write bodies that many senders fill and a group of sidecars empties. */
export interface BodyTransport {
  /** Resolves once the signal fires and everything is let go. Bodies not yet taken stay in the queue. */
  run(): Promise<void>;
}

/** Seconds between two attempts to hand over a body that there is no room for. */
const pauseSeconds = 0.2;

/**
 * Hands a body over, waiting while there is no room. True when it is done with, taken or not worth another try; false when the
 * signal fired first, so that it must come again. `beat` is called while waiting.
 */
export async function takeIn(body: Uint8Array, options: BodyIntakeOptions, beat?: () => Promise<void>): Promise<boolean> {
  while (!options.signal.aborted) {
    const { status, message } = options.receive(body);
    if (status === 204) return true;
    if (status !== 503) {
      options.onDrop?.(message);
      return true;
    }
    await beat?.();
    await options.sleep(pauseSeconds);
  }
  return false;
}
