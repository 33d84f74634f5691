// The process that may hang so that the exporter does not. It does one thing at a time for each message, on libuv's threads,
// and ends with the exporter: by its signal, or when the channel to it closes.
import { operations } from './helper-operations.ts';
import { callBus } from './message-bus.ts';
import { isRequest, type Reply, type Request } from './helper-protocol.ts';

const channel = process;

channel.on('disconnect', () => channel.exit(0));
channel.on('message', (message: unknown) => {
  if (isRequest(message)) void answer(message).then((reply) => channel.send?.(reply));
});

async function answer(request: Request): Promise<Reply> {
  try {
    return { id: request.id, ok: true, value: await perform(request) };
  } catch (error) {
    return { id: request.id, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(request: Request): Promise<unknown> {
  switch (request.operation) {
    case 'statfs':
      return operations.statfs(request.path);
    case 'list':
      return operations.list(request.path);
    case 'read':
      return operations.read(request.path, request.most);
    case 'bus':
      return await callBus(request.path, request.calls);
    default:
      throw new Error('an operation of another version');
  }
}
