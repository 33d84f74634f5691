#!/usr/bin/env node
// Asks a running docker-compose.yml whether its parts know each other: `node deploy/docker/smoke.mjs [HOST]`; exit 1 and what is missing
// otherwise. Grafana is left out with --without-grafana.
const words = process.argv.slice(2);
const host = words.find((word) => !word.startsWith('--')) ?? '127.0.0.1';
const port = (name, usual) => process.env[`PRESAGE_PORT_${name}`] ?? usual;
const prometheus = `http://${host}:${port('PROMETHEUS', 9090)}`;
const sidecar = `http://${host}:${port('SIDECAR', 9867)}`;

const checks = {
  'Prometheus scrapes every target': async () => {
    const { data } = await json(`${prometheus}/api/v1/targets?state=active`);
    const down = data.activeTargets
      .filter(({ health }) => health !== 'up')
      .map(({ scrapePool, lastError }) => `${scrapePool}: ${lastError}`);
    return data.activeTargets.length >= 5 && down.length === 0 ? undefined : down.join('; ') || 'fewer than five targets';
  },
  'the exporter tells of the host': () => wantSeries('count(node_cpu_seconds_total{job="node"})'),
  'Prometheus knows the rules': async () => {
    const { data } = await json(`${prometheus}/api/v1/rules`);
    const bad = data.groups.flatMap(({ rules }) => rules).filter(({ health }) => health === 'err');
    return data.groups.length > 0 && bad.length === 0 ? undefined : bad.map(({ name, lastError }) => `${name}: ${lastError}`).join('; ');
  },
  'Prometheus sends to Alertmanager': async () => {
    const { data } = await json(`${prometheus}/api/v1/alertmanagers`);
    return data.activeAlertmanagers.length > 0 ? undefined : 'no Alertmanager';
  },
  'the sidecar gets live samples': () => wantSeries('sum(presage_received_samples_total) > 0'),
  'the sidecar serves its page': async () => ((await (await fetch(`${sidecar}/`)).text()).includes('Presage') ? undefined : 'no page'),
  'PromQL reads the future without a warning': async () => {
    const { warnings } = await json(`${prometheus}/api/v1/query?query=${encodeURIComponent('presage_forecast offset -1h')}`);
    return warnings === undefined ? undefined : warnings.join('; ');
  },
  ...(words.includes('--without-grafana')
    ? {}
    : {
        'Grafana has the panel': async () => {
          const answer = await fetch(`http://${host}:${port('GRAFANA', 3000)}/api/plugins/presage-forecast-panel/settings`, {
            headers: { authorization: `Basic ${Buffer.from(process.env['GRAFANA_LOGIN'] ?? 'admin:admin').toString('base64')}` },
          });
          return answer.ok ? undefined : `status ${answer.status}`;
        },
      }),
};

let failed = 0;
const deadline = Date.now() + 180_000;
for (const [name, check] of Object.entries(checks)) {
  const fault = await last(check);
  failed += fault === undefined ? 0 : 1;
  console.log(fault === undefined ? `✓ ${name}` : `✗ ${name}: ${fault}`);
}
process.exitCode = failed === 0 ? 0 : 1;

/** What a check says in the end: nothing once it holds, else its last word when the time is up. */
async function last(check) {
  for (;;) {
    const fault = await check().catch((error) => `${error.message}${error.cause ? ` (${error.cause.message})` : ''}`);
    if (fault === undefined || Date.now() > deadline) return fault;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function wantSeries(query) {
  const { data } = await json(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  return data.result.length > 0 ? undefined : `${query}: no series`;
}

async function json(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  return answer.json();
}
