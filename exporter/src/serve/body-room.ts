import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** Most bytes kept for the next answer; a larger one has its own memory, which goes when it has been sent. */
const MOST_KEPT = 4 * 1024 * 1024;

/**
 * Turns answers into bytes in the same memory again and again: for each answer of 60 kB anew, the garbage collector would run twice as
 * often. Only one answer at a time has the room, until its connection has taken it; others that come meanwhile get their own.
 */
export class BodyRoom {
  #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #taken = false;

  /** The texts one after the other in UTF-8: joined before, they would be copied twice. */
  take(texts: readonly string[], response: ServerResponse): Buffer {
    // What stands between HTTP/2 and the handler hands bytes on by reference and says that they are gone before they are.
    if (this.#taken || !(response.socket instanceof Socket)) return Buffer.from(texts.join(''));
    let length = this.#write(texts);
    if (length === undefined) {
      const needed = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 4);
      if (needed > MOST_KEPT) return Buffer.from(texts.join(''));
      this.#buffer = Buffer.allocUnsafeSlow(Math.min(MOST_KEPT, Math.ceil(needed * 1.25)));
      length = this.#write(texts);
    }
    this.#taken = true;
    response.once('close', () => {
      this.#taken = false;
    });
    return this.#buffer.subarray(0, length);
  }

  /** Their length in bytes, or undefined where the room may have been too small. */
  #write(texts: readonly string[]): number | undefined {
    let length = 0;
    for (const text of texts) length += this.#buffer.write(text, length);
    // A character that does not fit is left out whole: less than four bytes may be free where text is missing.
    return this.#buffer.length - length < 4 ? undefined : length;
  }
}
