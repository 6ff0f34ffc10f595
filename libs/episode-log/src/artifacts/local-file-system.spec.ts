import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertLocalFileSystem, parseMountCommand, parseMountInfo } from './local-file-system.ts';

// As proc(5) shows the format; one mount point holds an escaped space.
const MOUNT_INFO = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - nfs4 server:/export rw,vers=4.2
40 27 0:44 / /mnt/my\\040share rw,relatime shared:9 - cifs //host/share rw
`;

describe('parseMountInfo', () => {
  it('reads mount points and types of /proc/self/mountinfo', () => {
    expect(parseMountInfo(MOUNT_INFO)).toEqual([
      { at: '/proc', type: 'proc' },
      { at: '/', type: 'ext4' },
      { at: '/mnt2', type: 'nfs4' },
      { at: '/mnt/my share', type: 'cifs' },
    ]);
  });
});

describe('parseMountCommand', () => {
  it('reads what mount says on macOS', () => {
    const said = `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//ada@nas._smb._tcp.local/data on /Volumes/data (smbfs, nodev, nosuid, mounted by ada)
`;
    expect(parseMountCommand(said)).toEqual([
      { at: '/', type: 'apfs' },
      { at: '/Volumes/data', type: 'smbfs' },
    ]);
  });
});

describe('assertLocalFileSystem', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-mounts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const root = { at: '/', type: 'ext4' };

  it.each(['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'ceph', 'lustre', 'fuse.sshfs', 'fuse.gcsfuse'])(
    'refuses %s and names an alternative',
    (type) => {
      expect(() => assertLocalFileSystem(folder, [root, { at: folder, type }])).toThrow(
        new RegExp(`network file system \\(${type.replace('.', '\\.')}, mounted at .*use a nats:// log`),
      );
    },
  );

  it.each(['ext4', 'xfs', 'btrfs', 'apfs', 'overlay', 'tmpfs', 'zfs', 'fuse.fuse-overlayfs'])('takes %s', (type) => {
    expect(() =>
      assertLocalFileSystem(folder, [
        { at: '/', type: 'nfs' },
        { at: folder, type },
      ]),
    ).not.toThrow();
  });

  it('uses the innermost mount, and the last of two at one mount point', () => {
    const nfs = { at: '/', type: 'nfs' };
    expect(() => assertLocalFileSystem(folder, [nfs, root])).not.toThrow();
    expect(() => assertLocalFileSystem(folder, [root, nfs])).toThrow(/nfs/);
    expect(() => assertLocalFileSystem(folder, [root, { at: `${folder}x`, type: 'nfs' }])).not.toThrow();
  });

  it('accepts the folder that these tests run in', () => {
    expect(() => assertLocalFileSystem(folder)).not.toThrow();
  });
});
