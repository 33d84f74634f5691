import type { RequestListener, ServerResponse } from 'node:http';
import { errorText, type Logger } from '../log.ts';
import { type Authenticator, createAuthenticator, readBasicAuth } from './basic-auth.ts';
import type { PasswordCheck } from './password-check.ts';
import type { RequestHandler } from './server.ts';
import { noteSender, type Tokens } from './sender.ts';
import type { WebConfigSource } from './web-config.ts';

/**
 * What every request passes before the handler, in the toolkit's order: rate limit, response headers, user and password.
 * What the handler throws or rejects with is logged and becomes a 500, or a cut connection once it has begun to answer.
 */
export function gate(
  source: WebConfigSource,
  check: PasswordCheck,
  handler: RequestHandler,
  log: Logger,
  tokens: () => Tokens | undefined = () => undefined,
): RequestListener {
  const authenticate = createAuthenticator(check);
  return (request, response) => {
    const fail = (error: unknown) => {
      log.error('request failed', { method: request.method, url: request.url, err: errorText(error) });
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'Internal Server Error');
    };
    const pass = () => {
      try {
        handler(request, response)?.catch(fail);
      } catch (error) {
        fail(error);
      }
    };
    const passAs = (name: string) => {
      noteSender(request, { name, by: 'password' });
      pass();
    };
    const { config, limiter } = source.current();
    if (!limiter.allow(performance.now() / 1000)) {
      refuse(response, 429, 'Too Many Requests');
      return;
    }
    for (const [name, value] of Object.entries(config.http_server_config.headers)) if (value !== '') response.setHeader(name, value);
    const known = tokens();
    const token = known && /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined) {
      const name = known?.nameOf(token);
      if (name === undefined) {
        response.setHeader('WWW-Authenticate', 'Bearer');
        refuse(response, 401, 'Unauthorized');
        return;
      }
      noteSender(request, { name, by: 'token' });
      pass();
    } else if (config.basic_auth_users.size === 0) pass();
    else
      void admit(authenticate, request.headers.authorization, config.basic_auth_users, response, log).then((admitted) =>
        admitted ? passAs(readBasicAuth(request.headers.authorization)?.user ?? '') : undefined,
      );
  };
}

/** Whether the request may pass; if not, it has been answered. Never rejects. */
async function admit(
  authenticate: Authenticator,
  authorization: string | undefined,
  users: ReadonlyMap<string, string>,
  response: ServerResponse,
  log: Logger,
): Promise<boolean> {
  try {
    if (await authenticate(authorization, users)) return true;
    response.setHeader('WWW-Authenticate', 'Basic');
    refuse(response, 401, 'Unauthorized');
  } catch (error) {
    log.error('password not checked', { err: errorText(error) });
    refuse(response, 503, 'Service Unavailable');
  }
  return false;
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }).end(`${reason}\n`);
}
