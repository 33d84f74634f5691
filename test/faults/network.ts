import { execFileSync } from 'node:child_process';

/** A second host, as far as the network goes: a namespace with one link to this one. */
export interface OtherHost {
  /** Addresses of this host and of the other one on the link. */
  readonly here: string;
  readonly there: string;
  /** Words before those of a program that shall run there. */
  readonly run: readonly string[];
  /** Takes the link down or up. */
  link(up: boolean): void;
  /** Loses this share of the packets from there, in per cent; false where this kernel has no netem. */
  lose(percent: number): boolean;
  remove(): void;
}

/** Makes one; nothing where that is not allowed, which it says. `index` (1 to 250) keeps the addresses of several apart. */
export function createOtherHost(index: number): OtherHost | undefined {
  const name = `presage-${process.pid}-${index}`;
  const [outer, inner] = [`pr${process.pid % 100_000}o${index}`, `pr${process.pid % 100_000}i${index}`];
  const [here, there] = [`10.213.${index}.1`, `10.213.${index}.2`];
  const ip = (...words: readonly string[]): void => void execFileSync('ip', words, { stdio: 'pipe' });
  const remove = (): void => ip('netns', 'delete', name);
  try {
    ip('netns', 'add', name);
  } catch (error) {
    console.warn(`SKIPPED: no network namespace can be made here, which wants root on Linux (${String(error).split('\n')[0]})`);
    return undefined;
  }
  try {
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
    ip('address', 'add', `${here}/24`, 'dev', outer);
    ip('link', 'set', outer, 'up');
    for (const words of [
      ['address', 'add', `${there}/24`, 'dev', inner],
      ['link', 'set', inner, 'up'],
      ['link', 'set', 'lo', 'up'],
    ])
      ip('-n', name, ...words);
  } catch (error) {
    remove();
    console.warn(`SKIPPED: no link between network namespaces can be made here (${String(error).split('\n')[0]})`);
    return undefined;
  }
  return {
    here,
    there,
    run: ['ip', 'netns', 'exec', name],
    link: (up) => ip('link', 'set', outer, up ? 'up' : 'down'),
    lose(percent) {
      try {
        const change = percent > 0 ? ['replace', 'dev', inner, 'root', 'netem', 'loss', `${percent}%`] : ['del', 'dev', inner, 'root'];
        execFileSync('ip', ['netns', 'exec', name, 'tc', 'qdisc', ...change], { stdio: 'pipe' });
        return true;
      } catch {
        return false;
      }
    },
    remove,
  };
}
