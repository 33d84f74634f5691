import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

/** A program of its own that answers as Prometheus does for so many series: node scale-source.worker.js SERIES PORT */
const series = Number(process.argv[2]);
const port = Number(process.argv[3]);

const DAY = 86_400;
/** Values as text, so that making them costs little beside sending them. */
const texts = Array.from({ length: 10_001 }, (_, i) => String(i / 10_000));
const wave = Array.from({ length: 288 }, (_, i) => Math.sin((2 * Math.PI * i) / 288));

/** A daily wave of its own height and hour for each series, a quieter weekend, noise, and now and then a spike. Within 0 and 1. */
function valueAt(one: number, time: number): string {
  const slot = Math.floor((time % DAY) / 300);
  const day = Math.floor(time / DAY);
  let hash = Math.imul(one + 1, 0x9e3779b1) ^ Math.imul(Math.floor(time / 300), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 12;
  const noise = (hash >>> 0) / 2 ** 32 - 0.5;
  const busy = (day + 4) % 7 === 0 || (day + 4) % 7 === 6 ? 0.6 : 1;
  const level = 0.2 + (one % 37) / 100 + 0.15 * busy * wave[(slot + (one % 24) * 12) % 288];
  const spike = (hash & 0x1fff) === 7 ? 0.3 : 0;
  return texts[Math.round(10_000 * Math.max(0, Math.min(1, level + (0.02 + (one % 11) / 200) * noise + spike)))];
}

function labelsOf(one: number): string {
  return `{"__name__":"load_ratio","instance":"host-${Math.floor(one / 10)}.example.org:9100","job":"node","device":"disk-${one % 10}"}`;
}

async function answerRange(form: URLSearchParams, response: ServerResponse): Promise<void> {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  let text = '{"status":"success","data":{"resultType":"matrix","result":[';
  for (let one = 0; one < series; one++) {
    text += `${one === 0 ? '' : ','}{"metric":${labelsOf(one)},"values":[`;
    for (let time = start; time <= end; time += step) text += `${time === start ? '' : ','}[${time},"${valueAt(one, time)}"]`;
    text += ']}';
    if (text.length < 65_536) continue;
    if (!response.write(text)) await once(response, 'drain');
    text = '';
    if (response.destroyed) return;
  }
  response.end(`${text}]}}`);
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

createServer((request, response) => {
  void (async () => {
    const form = await bodyOf(request);
    response.setHeader('content-type', 'application/json');
    const path = request.url ?? '';
    if (path.includes('/query_range')) return answerRange(form, response);
    const query = form.get('query') ?? '';
    const result = query.startsWith('count(') ? [{ metric: {}, value: [Number(form.get('time')), String(series)] }] : [];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  })();
}).listen(port, '127.0.0.1');
