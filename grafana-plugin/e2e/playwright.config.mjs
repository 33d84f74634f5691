// The panel inside a running Grafana (.github/workflows/panel.yml); its packages come with that workflow alone.
export default {
  testDir: '.',
  testMatch: '*.spec.mjs',
  timeout: 60_000,
  retries: 1,
  use: { baseURL: process.env.GRAFANA_URL ?? 'http://127.0.0.1:3000', trace: 'on-first-retry' },
};
