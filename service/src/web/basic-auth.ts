import { nodeCrypto } from '../lazy-node.ts';
import type { PasswordCheck } from './password-check.ts';

/** Whether an Authorization header names a user with the right password. */
export type Authenticator = (authorization: string | undefined, users: ReadonlyMap<string, string>) => Promise<boolean>;

const MOST_REFUSALS_KEPT = 100;

/**
 * Basic authentication against bcrypt hashes. Verdicts are cached under a keyed digest, never under the password; those of
 * good logins are kept apart, so that guesses cannot push them out. An unknown user costs the same comparison as a known one.
 */
export function createAuthenticator(check: PasswordCheck): Authenticator {
  let key: Buffer | undefined;
  const accepted = new Map<string, string>();
  const refused = new Set<string>();
  return async (authorization, users) => {
    const login = readBasicAuth(authorization);
    if (login === undefined) return false;
    const hash = users.get(login.user);
    key ??= nodeCrypto().randomBytes(32);
    const digest = nodeCrypto()
      .createHmac('sha256', key)
      .update(JSON.stringify([login.user, hash, login.password]))
      .digest('base64');
    if (hash !== undefined && accepted.get(login.user) === digest) return true;
    if (refused.has(digest)) return false;
    const matches = await check(login.password, hash ?? decoyHash(users));
    if (hash !== undefined && matches) {
      accepted.set(login.user, digest);
      return true;
    }
    if (refused.size >= MOST_REFUSALS_KEPT) refused.clear();
    refused.add(digest);
    return false;
  };
}

/** User and password of `Basic BASE64(user:password)` (RFC 7617), or undefined. */
export function readBasicAuth(authorization: string | undefined): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** A hash that fits no password, with the cost of the real ones, so that the time tells nothing. */
function decoyHash(users: ReadonlyMap<string, string>): string {
  const costs = [...users.values()].map((hash) => Number(hash.slice(4, 6)));
  const cost = String(Math.max(4, ...costs)).padStart(2, '0');
  return `$2b$${cost}$abcdefghijklmnopqrstuu${'.'.repeat(31)}`;
}
