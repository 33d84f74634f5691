import { createHash, timingSafeEqual } from 'node:crypto';
import { UsageError } from '@presage/service/command-line.ts';
import type { Tokens } from '@presage/service/web.ts';
import type { ApiSettings } from '../configuration/api.ts';
import { secretFrom } from './secret-file.ts';

/** Characters of the shortest token: 16 random ones of base64 are 96 bits. */
const shortest = 16;

/**
 * The bearer tokens of the API, read from their files and kept as digests alone; nothing where there are none. Throws a UsageError that
 * names the place of one that cannot be read, is too short, or whose name another one has.
 */
export function readTokens({ tokens }: Pick<ApiSettings, 'tokens'>): Tokens | undefined {
  const known = tokens.map(({ name, tokenFile }, i) => {
    const token = secretFrom(`api.tokens[${i}].token_file`, tokenFile);
    if (token.length < shortest)
      throw new UsageError(
        `api.tokens[${i}].token_file: got ${token.length} characters, want ${shortest} or more, such as of openssl rand -hex 32`,
      );
    if (tokens.findIndex((other) => other.name === name) < i)
      throw new UsageError(`api.tokens[${i}].name: got ${JSON.stringify(name)}, want a name that no other token has`);
    return { name, digest: digestOf(token) };
  });
  if (known.length === 0) return undefined;
  return {
    nameOf(token) {
      const digest = digestOf(token);
      let found: string | undefined;
      for (const one of known) if (timingSafeEqual(one.digest, digest)) found = one.name;
      return found;
    },
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
