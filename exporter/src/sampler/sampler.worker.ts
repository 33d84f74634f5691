// The process that asks the system: systeminformation runs other programs, waits for some of them, and may hang, so it is kept away
// from scrapes and can be killed. It ends with the exporter, when the channel to it closes.
import { errorText } from '@presage/service/log.ts';
import { askSystem, isSourceName, type Library } from './sources.ts';

const channel = process;
let library: Promise<Library> | undefined;

channel.on('disconnect', () => channel.exit(0));
channel.on('message', (source: unknown) => {
  if (isSourceName(source))
    askSystem(source, () => (library ??= loadLibrary())).then(
      (value) => channel.send?.({ ok: true, value: value ?? null }),
      (error: unknown) => channel.send?.({ ok: false, error: errorText(error) }),
    );
});

/** On Windows with one PowerShell for all questions, because each start of it takes seconds. */
async function loadLibrary(): Promise<Library> {
  const { default: systeminformation } = await import('systeminformation');
  if (channel.platform === 'win32') systeminformation.powerShellStart();
  return systeminformation;
}
