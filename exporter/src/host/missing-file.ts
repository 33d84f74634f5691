/** The system's error for a file that is not there. Made without a stack: that would take ten times as long, at every scrape of every collector that does not apply. */
export function missingFile(path: string): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
  Error.stackTraceLimit = limit;
  return error;
}
