import type { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** Whether one of the certificate's subject alternative names (DNS, IP, e-mail, URI) is exactly one of those allowed. */
export function allowedBySan(certificate: Pick<X509Certificate, 'subjectAltName'>, allowed: readonly string[]): boolean {
  const wanted = new Set(allowed.map((name) => canonicalAddress(name)));
  return subjectAlternativeNames(certificate.subjectAltName ?? '').some((name) => wanted.has(name));
}

const ENTRY = /(DNS|IP Address|email|URI|[\w ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy;

/** Node writes `DNS:a, IP Address:::1, DNS:"b, c"`: a value with a comma or quote in it stands as a JSON string. */
function subjectAlternativeNames(text: string): string[] {
  const names: string[] = [];
  for (const [, kind, value] of text.matchAll(ENTRY)) {
    const plain = value.startsWith('"') ? unquoted(value) : value;
    if (kind === 'IP Address') names.push(canonicalAddress(plain));
    else if (kind === 'DNS' || kind === 'email' || kind === 'URI') names.push(plain);
  }
  return names;
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return '';
  }
}

/** IPv6 addresses as Go prints them: `2001:DB8:0:0:0:0:0:1` → `2001:db8::1`. Everything else stays. */
function canonicalAddress(text: string): string {
  return isIPv6(text) ? new URL(`http://[${text}]/`).hostname.slice(1, -1) : text;
}
