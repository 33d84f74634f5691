import { createServer } from 'node:http';

/** What Alertmanager's webhook says of one alert (its documentation, webhook receiver, version 4). */
export interface Notification {
  readonly status: string;
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
}

export interface NotificationServer {
  readonly close: () => Promise<void>;
}

/**
 * Listens on loopback for Alertmanager's webhook and hands on each alert of it.
 * @throws Error when the port is taken.
 */
export function listenForNotifications(port: number, notify: (notification: Notification) => void): Promise<NotificationServer> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > 4_000_000) request.destroy();
    });
    request.on('end', () => {
      const notifications = request.method === 'POST' ? readNotifications(body) : undefined;
      response.writeHead(notifications === undefined ? 400 : 200).end();
      notifications?.forEach(notify);
    });
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve({
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      }),
    );
  });
}

/** The alerts in the body of a webhook; undefined when it is not one. */
export function readNotifications(body: string): readonly Notification[] | undefined {
  try {
    const content: unknown = JSON.parse(body);
    if (!isRecord(content) || !Array.isArray(content['alerts'])) return undefined;
    return content['alerts'].filter(isRecord).map((alert) => {
      const labels = isRecord(alert['labels']) ? alert['labels'] : {};
      const annotations = isRecord(alert['annotations']) ? alert['annotations'] : {};
      return {
        status: text(alert['status']),
        name: text(labels['alertname']),
        severity: text(labels['severity']),
        summary: text(annotations['summary']),
      };
    });
  } catch {
    return undefined; // Not JSON: the sender is told by the status 400.
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
