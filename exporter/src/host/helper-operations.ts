import { open, readdir, statfs } from 'node:fs/promises';
import type { FileSystemStatus, FileText } from './helper-protocol.ts';

/** What the helper process does when asked; the caller says with `path` on what. */
export const operations = {
  async statfs(path: string): Promise<FileSystemStatus> {
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
    return { bsize, blocks, bfree, bavail, files, ffree };
  },

  async list(path: string): Promise<readonly string[]> {
    return (await readdir(path)).sort();
  },

  /** Refuses what is larger than `most` bytes, so that nobody's log file ends up on the channel. */
  async read(path: string, most: number): Promise<FileText> {
    const file = await open(path);
    try {
      const { size, mtimeMs } = await file.stat();
      if (size > most) throw new Error(`${path}: got ${size} bytes, want at most ${most}`);
      return { text: await file.readFile('utf8'), modified: mtimeMs / 1000 };
    } finally {
      await file.close();
    }
  },
};
