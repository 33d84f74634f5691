/** What may be asked of the helper process. `most` is in bytes. */
export type Request =
  | { readonly id: number; readonly operation: 'statfs'; readonly path: string }
  | { readonly id: number; readonly operation: 'list'; readonly path: string }
  | { readonly id: number; readonly operation: 'read'; readonly path: string; readonly most: number }
  | { readonly id: number; readonly operation: 'bus'; readonly path: string; readonly calls: readonly BusCall[] };

/** A call of a D-Bus method whose arguments are texts. */
export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly arguments?: readonly string[];
}

/** What came back: the first value of the reply with variants unwrapped and integers as numbers, or the error's name and text. */
export type BusReply = { readonly value: unknown } | { readonly error: string };

/** What the helper process answers. */
export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** A file system's figures: `bsize` in bytes, blocks and files as counts. */
export interface FileSystemStatus {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** A file's text and the Unix time in seconds at which it was last changed. */
export interface FileText {
  readonly text: string;
  readonly modified: number;
}

export function isRequest(message: unknown): message is Request {
  return isRecord(message) && typeof message['id'] === 'number' && typeof message['path'] === 'string' && 'operation' in message;
}

export function isReply(message: unknown): message is Reply {
  return isRecord(message) && typeof message['id'] === 'number' && typeof message['ok'] === 'boolean';
}

export function isFileSystemStatus(value: unknown): value is FileSystemStatus {
  return isRecord(value) && typeof value['bsize'] === 'number' && typeof value['blocks'] === 'number';
}

export function isFileText(value: unknown): value is FileText {
  return isRecord(value) && typeof value['text'] === 'string' && typeof value['modified'] === 'number';
}

export function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

export function isBusReplyList(value: unknown): value is readonly BusReply[] {
  return Array.isArray(value) && value.every((reply) => isRecord(reply) && ('value' in reply || typeof reply['error'] === 'string'));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
