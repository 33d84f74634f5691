import { Agent, request as send } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { createDice, damage, type Dice, fuzzRun } from '@presage/service/fuzz.ts';
import { silentLogger } from '@presage/service/log.ts';
import { createWebServer, type WebServer } from '@presage/service/web.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHandler } from './handler.ts';
import { routes } from './routes.ts';
import { servedOf, waveWatch } from './served.fixture.ts';

// PRESAGE_FUZZ_CASES=100000 PRESAGE_FUZZ_SEED=7 npx vitest run --project unit ml-sidecar/src/serve/fuzz
const { cases, seed } = fuzzRun(process.env, 1500);
console.log(`fuzz of the API: ${cases} cases, PRESAGE_FUZZ_SEED=${seed}`);

const thrown: unknown[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
let server: WebServer;
let url: URL;

beforeAll(async () => {
  const watch = await waveWatch('w', [{ instance: 'a', path: '/<script>"\\\n' }, { instance: 'b' }]);
  const served = servedOf([watch], { up: false, fault: '<b>fault</b>', lastSuccess: 1 }, { failed: (error) => void thrown.push(error) });
  server = createWebServer({ listenAddresses: ['127.0.0.1:0'], log: silentLogger, handler: createHandler(served), closeGrace: 0 });
  url = new URL((await server.start())[0]);
});
afterAll(async () => {
  agent.destroy();
  await server.close();
});

it(`every answer is one of ours, in ${cases} cases of seed ${seed}`, { timeout: 60_000 + cases * 20 }, async () => {
  const dice = createDice(seed);
  const statuses = new Map<number, number>();
  for (let i = 0; i < cases; i += 8) {
    const asked = Array.from({ length: 8 }, () => ask(dice));
    for (const { status, type, text, path } of await Promise.all(asked)) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => (code >= 200 && code < 500) || code === 503)]);
      const isJson = text !== '' && type?.startsWith('application/json') === true;
      const said: unknown = isJson ? JSON.parse(text) : { status: 'success' };
      expect(said).toMatchObject({ status: expect.stringMatching(status === 200 ? /^success$/ : /^(error|success)$/) });
      expect(text).not.toMatch(type?.startsWith('text/html') === true ? /<script|<b>fault/ : /\n\s+at .*\.ts:/);
    }
  }
  expect(thrown).toEqual([]);
  expect(statuses.get(200)).toBeGreaterThan(0);
  expect(statuses.get(404)).toBeGreaterThan(0);
});

const words = [
  'w',
  'instance',
  '{instance="a"}',
  '{instance=~"(a+)+$"}',
  '{',
  '-1',
  '1e309',
  'NaN',
  '%00',
  '../..',
  '__proto__',
  'x'.repeat(2000),
  '\u{1F600}',
  '0',
  '1',
  '144',
];
const names = ['since', 'limit', 'watch', 'match[]', 'match', 'from', 'to', 'past', 'labels', 'instance', '__proto__'];
const types = ['application/json', 'application/x-protobuf', 'text/plain', 'application/json; charset=utf-16', 'x'];

function ask(
  dice: Dice,
): Promise<{ readonly status: number; readonly type: string | undefined; readonly text: string; readonly path: string }> {
  const lasting = routes.filter((route) => route.lasting !== true);
  const route = dice.pick(lasting);
  const plain = route.path.replace(/:\w+/g, () => encodeURIComponent(dice.pick(words)));
  const query = Array.from(
    { length: dice.below(4) },
    () => `${encodeURIComponent(dice.pick(names))}=${encodeURIComponent(dice.pick(words))}`,
  ).join('&');
  const path = dice.below(8) === 0 ? strangePath(plain, dice) : `${plain}?${query}`;
  const method = dice.below(6) === 0 ? dice.pick(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']) : route.methods[0];
  const body =
    method === 'POST' || method === 'PUT'
      ? damage(Buffer.from(JSON.stringify({ watch: 'w', labels: { instance: 'a' }, time: 345_600, verdict: 'incident' })), dice)
      : undefined;
  const headers = {
    'content-type': dice.pick(types),
    'accept-encoding': dice.pick(['gzip', 'identity', 'gzip;q=0', 'x', '']),
    'content-encoding': dice.pick(['snappy', 'gzip', '']),
  };
  return new Promise((resolve, reject) => {
    const asked = send({ host: url.hostname, port: url.port, method, path, headers, agent }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => void pieces.push(piece));
      response.on('end', () => {
        const bytes = Buffer.concat(pieces);
        const isPacked = response.headers['content-encoding'] === 'gzip' && bytes.length > 0;
        const text = (isPacked ? gunzipSync(bytes) : bytes).toString();
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text, path });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A path in which a byte or two are others, as far as an HTTP client can send it. */
function strangePath(path: string, dice: Dice): string {
  const bytes = Buffer.from(damage(Buffer.from(path), dice)).toString('latin1');
  return `/${bytes.replace(/[^\x21-\x7e]/g, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
}
