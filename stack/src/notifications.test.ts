import { expect, test } from 'vitest';
import { listenForNotifications, type Notification, readNotifications } from './notifications.ts';
import { choosePorts } from './ports.ts';
import { formatNotification } from './table.ts';

const body = JSON.stringify({
  version: '4',
  status: 'firing',
  alerts: [
    { status: 'firing', labels: { alertname: 'PresageLimitSoon', severity: 'page' }, annotations: { summary: 'full in 3h' } },
    { status: 'resolved', labels: { alertname: 'Mine' }, annotations: {} },
  ],
});

test("each alert of Alertmanager's webhook becomes a line", async () => {
  const { port } = await choosePorts({ port: 0 });
  const got: Notification[] = [];
  const server = await listenForNotifications(port, (notification) => got.push(notification));
  const response = await fetch(`http://127.0.0.1:${port}/alerts`, { method: 'POST', body });
  await server.close();
  expect(response.status).toBe(200);
  expect(got.map(formatNotification)).toEqual(['[page] PresageLimitSoon: full in 3h', '[resolved] Mine: ']);
});

test.each([
  ['what is not JSON', 'alerts'],
  ['JSON of another form', '{"alerts": 1}'],
  ['nothing', ''],
  ['null', 'null'],
])('%s is refused', (_name, text) => {
  expect(readNotifications(text)).toBeUndefined();
});

test('a taken port is an error', async () => {
  const { port } = await choosePorts({ port: 0 });
  const server = await listenForNotifications(port, () => {});
  await expect(listenForNotifications(port, () => {})).rejects.toThrow(/EADDRINUSE/);
  await server.close();
});
