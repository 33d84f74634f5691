/** Names of the procedures of NFS 2 (RFC 1094) in the order in which the kernel counts them. */
export const PROCEDURES_2 =
  'Null GetAttr SetAttr Root Lookup ReadLink Read WrCache Write Create Remove Rename Link SymLink MkDir RmDir ReadDir FsStat'.split(' ');

/** Those of NFS 3 (RFC 1813). */
export const PROCEDURES_3 =
  'Null GetAttr SetAttr Lookup Access ReadLink Read Write Create MkDir SymLink MkNod Remove RmDir Rename Link ReadDir ReadDirPlus FsStat FsInfo PathConf Commit'.split(
    ' ',
  );

/** Those of Linux' client of NFS 4 (fs/nfs/nfs4xdr.c, nfs4_procedures). */
export const CLIENT_PROCEDURES_4 =
  'Null Read Write Commit Open OpenConfirm OpenNoattr OpenDowngrade Close Setattr FsInfo Renew SetClientID SetClientIDConfirm Lock Lockt Locku Access Getattr Lookup LookupRoot Remove Rename Link Symlink Create Pathconf StatFs ReadLink ReadDir ServerCaps DelegReturn GetACL SetACL FsLocations ReleaseLockowner Secinfo FsidPresent ExchangeID CreateSession DestroySession Sequence GetLeaseTime ReclaimComplete LayoutGet GetDeviceInfo LayoutCommit LayoutReturn SecinfoNoName TestStateID FreeStateID GetDeviceList BindConnToSession DestroyClientID Seek Allocate DeAllocate LayoutStats Clone'.split(
    ' ',
  );

/** Operations of NFS 4 by their number (RFC 7530, 16), from 3 on; an empty one is not shown, as in node_exporter. */
export const SERVER_OPERATIONS_4 = [
  '',
  '',
  '',
  ...'Access Close Commit Create DelegPurge DelegReturn GetAttr GetFH Link Lock Lockt Locku Lookup LookupRoot Nverify Open OpenAttr OpenConfirm OpenDgrd PutFH'.split(
    ' ',
  ),
  '',
  '',
  ...'Read ReadDir ReadLink Remove Rename Renew RestoreFH SaveFH SecInfo SetAttr'.split(' '),
  '',
  '',
  ...'Verify Write RelLockOwner'.split(' '),
];

/** The lines of /proc/net/rpc/nfs and nfsd: numbers by the line's first word. Throws where a line holds something else. */
export function parseRpcLines(text: string): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, readonly number[]>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [word, ...fields] = line.trimEnd().split(' ');
    const numbers = fields.map(Number);
    if (numbers.length === 0 || numbers.some(Number.isNaN))
      throw new Error(`rpc: got ${JSON.stringify(line.slice(0, 60))}, want a word and numbers`);
    lines.set(word, numbers);
  }
  return lines;
}
