import type { IncomingMessage } from 'node:http';
import { senderOf } from '@presage/service/web.ts';
import { apiOf, type ApiSettings, type Role } from '../configuration/api.ts';
import { createTokenBuckets } from '../prometheus/token-bucket.ts';
import { type Route, routeOf } from './routes.ts';

/** Why a request is not answered. */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 413 | 421 | 429 | 503;
  readonly errorType: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Decides on every request before anything else sees it. */
export interface Access {
  /** Nothing where the request may pass. `finished` is then to be called once it is answered. */
  refusalOf(request: IncomingMessage, path: string): Refusal | { readonly route: Route; readonly finished: () => void };
}

/** What one client may ask: tokens a second, and how many are saved up. Clients remembered. */
const limits = { rate: 100, burst: 600, maxSenders: 10_000 };
/** Requests under way at once, those that last aside. */
const mostUnderWay = 128;

const allowedBy: Readonly<Record<Role, readonly Role[]>> = {
  none: ['none'],
  read: ['none', 'read'],
  write: ['none', 'read', 'write'],
  feedback: ['none', 'read', 'feedback'],
  admin: ['none', 'read', 'write', 'feedback', 'admin'],
};

/** `settings` is asked at every request; `clock` gives monotonic seconds. */
export function createAccess(settings: () => ApiSettings = () => apiOf(undefined), clock = () => performance.now() / 1000): Access {
  const buckets = createTokenBuckets(limits);
  let underWay = 0;
  return {
    refusalOf(request, path) {
      const now = settings();
      const route = routeOf(path);
      const strange =
        strangeHost(request, now) ?? (route ? (otherSite(request) ?? unwelcome(request, route, now)) : unknown(request, path));
      if (strange || !route) return strange ?? unknown(request, path);
      const client = clientOf(request);
      if (route.cost > 0 && !buckets.has(client, clock()))
        return refuse(429, 'too_many', 'got more requests than one client may send, want fewer', { 'Retry-After': '2' });
      buckets.spend(client, route.cost, clock());
      if (route.lasting === true) return { route, finished: () => {} };
      if (underWay >= mostUnderWay)
        return refuse(503, 'unavailable', `got a request while ${mostUnderWay} are under way, want fewer`, { 'Retry-After': '1' });
      underWay++;
      return { route, finished: () => void underWay-- };
    },
  };
}

/** A page whose name was made to point at this machine (DNS rebinding) still bears that name. */
function strangeHost({ headers, socket }: IncomingMessage, { hosts }: ApiSettings): Refusal | undefined {
  if (headers.host === undefined || !isLoopback(socket.localAddress)) return undefined;
  const name = hostName(headers.host);
  if (name === 'localhost' || name.endsWith('.localhost') || /^\[.*\]$|^\d+\.\d+\.\d+\.\d+$/.test(name) || hosts.includes(name))
    return undefined;
  return refuse(421, 'misdirected', `Host: got ${JSON.stringify(headers.host)}, want an address, localhost or a name of api.hosts`);
}

/** What a page of another site sends, and would have sent with the credentials of whoever looks at it. */
function otherSite({ method, headers }: IncomingMessage): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  const foreign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== headers.host?.toLowerCase());
  if ((site === undefined || site === 'same-origin' || site === 'none') && !foreign) return undefined;
  return refuse(403, 'forbidden', 'got a request from the page of another site, want one from this page');
}

function unwelcome(request: IncomingMessage, route: Route, settings: ApiSettings): Refusal | undefined {
  const role = roleOf(request, settings);
  if (!allowedBy[role].includes(route.role)) {
    const wanted = `want the role ${route.role} for ${route.path} (api.roles in the configuration)`;
    return senderOf(request)
      ? refuse(403, 'forbidden', `got the role ${role}, ${wanted}`)
      : refuse(401, 'unauthorized', `got nobody's name and so the role ${role}, ${wanted}`, { 'WWW-Authenticate': 'Bearer' });
  }
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > route.most)
    return refuse(413, 'bad_data', `body: got ${length} bytes, want at most ${route.most} bytes`, { Connection: 'close' });
  return undefined;
}

/** What who sends a request may do. */
function roleOf(request: IncomingMessage, settings: ApiSettings): Role {
  const sender = senderOf(request);
  if (sender?.by === 'token') return settings.tokens.find(({ name }) => name === sender.name)?.role ?? 'none';
  if (sender) {
    if (settings.roles === undefined) return 'admin';
    return Object.hasOwn(settings.roles, sender.name) ? settings.roles[sender.name] : settings.others;
  }
  // What a proxy on this machine passes on comes from elsewhere.
  const { headers, socket } = request;
  const passedOn = headers.forwarded ?? headers['x-forwarded-for'] ?? headers['x-real-ip'];
  return isLoopback(socket.remoteAddress) && passedOn === undefined ? settings.local : settings.others;
}

/** Whom the rate limit tells apart: a name, or an address; of IPv6 the network that one household has. */
function clientOf(request: IncomingMessage): string {
  const sender = senderOf(request);
  if (sender) return `${sender.by} ${sender.name}`;
  const address = request.socket.remoteAddress ?? '';
  return address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address;
}

function unknown({ method }: IncomingMessage, path: string): Refusal {
  return refuse(404, 'not_found', `no ${method} ${path}`);
}

function refuse(status: Refusal['status'], errorType: string, message: string, headers?: Refusal['headers']): Refusal {
  return { status, errorType, message, ...(headers ? { headers } : {}) };
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

function isLoopback(address: string | undefined): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address ?? '');
}
