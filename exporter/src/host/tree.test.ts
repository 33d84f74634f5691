import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Tree } from './tree.ts';

let root = '';
let now = 0;
let tree: Tree;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'presage-tree-'));
  now = 0;
  tree = treeOver(root);
});
afterEach(() => {
  tree.close();
  rmSync(root, { recursive: true, force: true });
});

const treeOver = (path: string, keepOpen = true, foldersMove = true, shortReadIsEnd = false) =>
  new Tree({ root: path, keepOpen, ...(foldersMove ? { foldersMoveIn: '' } : {}), shortReadIsEnd, parametersIn: 'sys/', now: () => now });
const write = (path: string, text: string) => writeFileSync(join(root, path), text);

describe('a tree of files', () => {
  it('reads a file once a scrape and anew at the next, through one descriptor', () => {
    write('a', 'one');
    expect(tree.read('a')).toBe('one');
    write('a', 'longer');
    expect(tree.read('a')).toBe('one');
    tree.nextScrape();
    expect(tree.read('a')).toBe('longer');
    write('a', 'x');
    tree.nextScrape();
    expect(tree.read('a')).toBe('x');
    expect(tree.openDescriptors).toBe(1);
  });

  it('reads files larger than its buffer and seq_files, which come in pieces, to the end', () => {
    const large = 'line of text\n'.repeat(20_000);
    write('large', large);
    expect(tree.read('large')).toBe(large);
    const proc = treeOver('/proc');
    expect(proc.read('self/mountinfo').endsWith('\n')).toBe(true);
    expect(proc.read('meminfo')).toMatch(/^MemTotal:/);
    proc.nextScrape();
    expect(proc.read('meminfo')).toMatch(/^MemTotal:/);
    proc.close();
  });

  it.each([0, 1, 2047, 2048, 4096, 100_000])('reads a file of short records of %i bytes to the end', (length) => {
    write('records', 'r'.repeat(length));
    const short = new Tree({ root, keepOpen: true, shortReadIsEnd: false, shortRecords: new Set(['records']), now: () => now });
    expect(short.read('records').length).toBe(length);
    short.close();
  });

  it('throws the system’s error for a missing file from read, and gives undefined from tryRead', () => {
    expect(() => tree.read('none/x')).toThrow(/ENOENT/);
    expect(tree.tryRead('none/x')).toBeUndefined();
    expect(tree.tryRead('.')).toBeUndefined();
  });

  it('looks for a missing file again after half a minute', () => {
    expect(tree.tryRead('late')).toBeUndefined();
    write('late', 'here');
    tree.nextScrape();
    expect(tree.tryRead('late')).toBeUndefined();
    now = 31_000;
    tree.nextScrape();
    expect(tree.tryRead('late')).toBe('here');
  });

  it('does not follow a folder that was renamed and replaced', () => {
    mkdirSync(join(root, 'eth0'));
    write('eth0/mtu', '1500');
    expect(tree.tryNumber('eth0/mtu')).toBe(1500);
    renameSync(join(root, 'eth0'), join(root, 'lan0'));
    mkdirSync(join(root, 'eth0'));
    write('eth0/mtu', '9000');
    tree.nextScrape();
    expect([tree.tryNumber('eth0/mtu'), tree.tryNumber('lan0/mtu')]).toEqual([9000, 1500]);
  });

  it('opens files that are replaced by a rename anew, where nothing is kept open', () => {
    const plain = treeOver(root, false, false);
    write('os-release', 'old');
    expect(plain.read('os-release')).toBe('old');
    write('new', 'new');
    renameSync(join(root, 'new'), join(root, 'os-release'));
    plain.nextScrape();
    expect(plain.read('os-release')).toBe('new');
    expect(plain.openDescriptors).toBe(0);
  });

  it('does not wait for a FIFO without a writer', () => {
    execFileSync('mkfifo', [join(root, 'fifo')]);
    expect(tree.tryRead('fifo')).toBeUndefined();
    expect(tree.readOnce('fifo')).toBeUndefined();
  });

  it('closes what was not read for many scrapes', () => {
    write('a', '1');
    tree.read('a');
    for (let scrape = 0; scrape < 40; scrape += 1) tree.nextScrape();
    expect(tree.openDescriptors).toBe(0);
  });

  it('lists names in order, nothing for a missing folder, and reads links', () => {
    for (const name of ['b', 'a', 'c']) write(name, '');
    symlinkSync('a', join(root, 'link'));
    expect(tree.list('')).toEqual(['a', 'b', 'c', 'link']);
    unlinkSync(join(root, 'b'));
    expect(tree.list('')).toEqual(['a', 'b', 'c', 'link']);
    tree.nextScrape();
    expect(tree.list('')).toEqual(['a', 'c', 'link']);
    expect(tree.list('none')).toEqual([]);
    expect([tree.link('link'), tree.link('a'), tree.link('none')]).toEqual(['a', undefined, undefined]);
  });

  it('lists an empty folder again after half a minute', () => {
    mkdirSync(join(root, 'class'));
    expect(tree.list('class')).toEqual([]);
    write('class/disk', '');
    tree.nextScrape();
    expect(tree.list('class')).toEqual([]);
    now = 31_000;
    tree.nextScrape();
    expect(tree.list('class')).toEqual(['disk']);
  });

  it('reads kernel parameters longer than a page to their end', () => {
    mkdirSync(join(root, 'sys'));
    write('sys/long', 'x'.repeat(4096 + 5));
    expect(tree.read('sys/long')).toHaveLength(4101);
  });

  it.each([
    ['0x1f\n', 31],
    ['-4\n', -4],
    ['\n', undefined],
    ['no', undefined],
  ])('reads %j as the number %s', (text, value) => {
    write('n', text);
    expect(tree.tryNumber('n')).toBe(value);
  });
});
