import type { Role } from '../configuration/api.ts';

/** One thing that can be asked of the sidecar. What is not listed does not exist. */
export interface Route {
  /** A part such as `:watch` stands for any. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST' | 'PUT')[];
  /** Who may ask; `none` is everybody. */
  readonly role: Role;
  /** What it takes of what a client may ask, in tokens: 100 a second, 600 saved up. */
  readonly cost: number;
  /** Largest body, bytes. */
  readonly most: number;
  /** Whether the answer goes on until the client leaves. */
  readonly lasting?: boolean;
}

const asked = (path: string, cost = 1): Route => ({ path, methods: ['GET'], role: 'read', cost, most: 0 });

/** Every path of the sidecar. */
export const routes: readonly Route[] = [
  { ...asked('/-/healthy', 0), role: 'none' },
  { ...asked('/-/ready', 0), role: 'none' },
  { path: '/-/reload', methods: ['POST', 'PUT'], role: 'admin', cost: 50, most: 0 },
  asked('/metrics'),
  asked('/'),
  asked('/overview'),
  asked('/page/:file'),
  { path: '/api/v1/read', methods: ['POST'], role: 'read', cost: 1, most: 2 ** 20 },
  { path: '/api/v1/write', methods: ['POST'], role: 'write', cost: 0, most: 32 * 2 ** 20 },
  asked('/api/v1/watches'),
  asked('/api/v1/fleet', 2),
  asked('/api/v1/series', 2),
  asked('/api/v1/series/:watch', 2),
  asked('/api/v1/series/:watch/explanation', 5),
  asked('/api/v1/chart/:watch', 5),
  asked('/api/v1/anomalies', 5),
  asked('/api/v1/incidents', 10),
  { ...asked('/api/v1/events'), lasting: true },
  { path: '/api/v1/feedback', methods: ['POST'], role: 'feedback', cost: 5, most: 65_536 },
  { path: '/api/v1/dry-run', methods: ['POST'], role: 'feedback', cost: 50, most: 65_536 },
];

const parts = routes.map((route) => ({ route, split: route.path.split('/') }));

/** The route of a path, without its query; nothing where there is none. */
export function routeOf(path: string): Route | undefined {
  const split = path.split('/');
  const matches = (wanted: readonly string[]): boolean =>
    wanted.length === split.length && wanted.every((part, i) => part === split[i] || (part.startsWith(':') && split[i] !== ''));
  return parts.find((one) => matches(one.split))?.route;
}
