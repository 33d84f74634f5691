import { expect, test } from '@grafana/plugin-e2e';

const id = 'presage-forecast-panel';

test('Grafana loads the panel', async ({ request }) => {
  const answer = await request.get(`/api/plugins/${id}/settings`);
  expect(answer.ok()).toBe(true);
  expect(await answer.json()).toMatchObject({ id, enabled: true });
});

test('the panel renders without data and says what it wants', async ({ request, page }) => {
  const dashboard = {
    uid: 'presage-e2e',
    title: 'Presage',
    schemaVersion: 39,
    panels: [{ id: 1, type: id, title: 'Forecast', gridPos: { x: 0, y: 0, w: 24, h: 12 }, targets: [] }],
  };
  expect((await request.post('/api/dashboards/db', { data: { dashboard, overwrite: true } })).ok()).toBe(true);
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto('/d/presage-e2e?viewPanel=1');
  await expect(page.getByText('Forecast', { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/Panel plugin not found|An unexpected error happened/)).toHaveCount(0);
  expect(faults).toEqual([]);
});
