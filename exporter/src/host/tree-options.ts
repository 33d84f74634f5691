/** How one tree of pseudo files behaves. */
export interface TreeOptions {
  /** Folder that paths are relative to. */
  readonly root: string;
  /** Keep descriptors open between scrapes: right for /proc and /sys, wrong for files that are replaced by a rename. */
  readonly keepOpen: boolean;
  /** A read that returns less than a page is the end of the file: true in sysfs, not in /proc, where seq_files come in pieces. */
  readonly shortReadIsEnd: boolean;
  /**
   * Folders below this one may be renamed under their path, as network interfaces are: their inode is checked before their files are
   * reused. Other devices only come and go, which a read of a kept descriptor tells.
   */
  readonly foldersMoveIn?: string;
  /**
   * Files below this folder are kernel parameters: each read makes the kernel clear a buffer as large as the reader's (64 KB took
   * 50 µs), and a short read is their end. They are read by the page.
   */
  readonly parametersIn?: string;
  /**
   * Files made of records of less than half a page, whatever the host: what is left over would have fitted beside a read of less than
   * half a page, so such a read is the end. To ask for more would make the kernel go through its tables of sockets again.
   */
  readonly shortRecords?: ReadonlySet<string>;
  /** Milliseconds on any steady clock, for the memory of missing files. */
  readonly now: () => number;
}
