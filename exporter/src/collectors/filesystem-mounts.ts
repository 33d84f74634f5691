/** One mount of /proc/PID/mountinfo. */
export interface Mount {
  readonly device: string;
  /** As seen from the root file system: without the prefix of --path.rootfs. */
  readonly mountPoint: string;
  readonly fsType: string;
  readonly major: string;
  readonly minor: string;
  /** The mount or its whole file system is read-only. */
  readonly readOnly: boolean;
}

/**
 * The mounts of a mountinfo file (proc(5)). `rootfs` is the prefix under which the host's root is mounted, empty for none. Throws
 * where a line has another form.
 */
export function parseMountinfo(text: string, rootfs: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const fields = line.split(' ').filter((field) => field !== '');
    const dash = fields.indexOf('-', 6);
    const [major, minor] = (fields[2] ?? '').split(':');
    if (dash < 0 || fields.length < dash + 3 || major === undefined || minor === undefined)
      throw new Error(`mountinfo: got ${JSON.stringify(line)}, want a line as in proc(5)`);
    const options = [...fields[5].split(','), ...(fields[dash + 3] ?? '').split(',')];
    mounts.push({
      device: unescape(fields[dash + 2]),
      mountPoint: withoutRoot(unescape(fields[4]), rootfs),
      fsType: fields[dash + 1],
      major,
      minor,
      readOnly: options.includes('ro'),
    });
  }
  return mounts;
}

/** The kernel writes space, tab, newline and backslash as octal. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function withoutRoot(path: string, rootfs: string): string {
  if (rootfs === '' || (path !== rootfs && !path.startsWith(`${rootfs}/`))) return path;
  return path.slice(rootfs.length) || '/';
}
