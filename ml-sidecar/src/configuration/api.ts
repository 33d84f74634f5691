import { z } from 'zod';
import { defaultApi } from './defaults.ts';
import { name, orElse, text } from './values.ts';

/** What someone may do. Each may read; `admin` may do everything. */
export const roles = ['none', 'read', 'write', 'feedback', 'admin'] as const;
export type Role = (typeof roles)[number];

const role = (help: string) => z.enum(roles, { error: () => `one of ${roles.join(', ')}` }).describe(help);

/** Who may do what over HTTP. */
export const apiSchema = z.strictObject(
  {
    roles: z
      .record(z.string(), role('Role of one user.'), { error: () => 'users and their roles' })
      .describe(
        'Roles of the users of the web configuration file, and of clients by the common name of their certificate. With it, those that it does not name have the role `others`; without it, each of them is admin.',
      )
      .optional(),
    tokens: z
      .array(
        z.strictObject(
          {
            name: name('Name of who bears it.'),
            token_file: text('a path', 'File with the token, 16 characters or more.'),
            role: role('Role.'),
          },
          { error: () => 'name, token_file and role' },
        ),
        { error: () => 'a list of tokens' },
      )
      .describe('Bearer tokens that let in beside passwords.')
      .optional(),
    others: orElse(role('Role of who gets in without a name.'), defaultApi.others),
    local: orElse(role('Role of who comes from this machine without a name.'), defaultApi.local),
    hosts: z
      .array(text('a host name', 'A host name.'), { error: () => 'a list of host names' })
      .describe('Names by which a sidecar on a loopback address is reached through a proxy, beside localhost and addresses.')
      .optional(),
  },
  { error: () => 'a section' },
);

/** Who may do what over HTTP, complete. */
export interface ApiSettings {
  /** By user; absent: every user is admin. */
  readonly roles?: Readonly<Record<string, Role>>;
  readonly tokens: readonly { readonly name: string; readonly tokenFile: string; readonly role: Role }[];
  readonly others: Role;
  readonly local: Role;
  readonly hosts: readonly string[];
}

/** Fills in the defaults. */
export function apiOf(read: z.output<typeof apiSchema> | undefined): ApiSettings {
  return {
    ...(read?.roles ? { roles: read.roles } : {}),
    tokens: (read?.tokens ?? []).map((one) => ({ name: one.name, tokenFile: one.token_file, role: one.role })),
    others: read?.others ?? defaultApi.others,
    local: read?.local ?? defaultApi.local,
    hosts: (read?.hosts ?? []).map((host) => host.toLowerCase()),
  };
}
