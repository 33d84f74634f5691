import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, fail, inspectDeep, matrix, plain, portOf, serve, vector } from './client.fixture.ts';
import { createPrometheusClient } from './client.ts';

afterEach(closeServers);

describe('queryRange', () => {
  it('splits a long range into requests of fewer than 11,000 points and joins them', async () => {
    const asked: number[] = [];
    const { client } = await serve([
      (query, response) => {
        const [start, end] = [Number(query.get('start')), Number(query.get('end'))];
        asked.push((end - start) / 15 + 1);
        const other = start === 0 ? '' : `,{"metric":{"job":"late"},"values":[[${end},"2"]]}`;
        response.end(matrix(`{"metric":{"__name__":"up","job":"a"},"values":[[${start},"1"],[${end},"1"]]}${other}`));
      },
    ]);
    const series = await client.queryRange('up', 0, 15 * 24_999, 15);
    expect(asked).toEqual([10_999, 10_999, 3002]);
    expect(series.map(({ labels, times }) => [labels.job, [...times]])).toEqual([
      ['a', [0, 15 * 10_998, 15 * 10_999, 15 * 21_997, 15 * 21_998, 15 * 24_999]],
      ['late', [15 * 21_997, 15 * 24_999]],
    ]);
  });

  it('halves the range on too many samples instead of repeating it, and stays with the smaller one', async () => {
    const lengths: number[] = [];
    const { client, waits } = await serve([
      (query, response) => {
        const length = Number(query.get('end')) - Number(query.get('start')) + 1;
        lengths.push(length);
        if (length > 30) fail(response, 422, 'execution', 'query processing would load too many samples into memory in query execution');
        else response.end(matrix(`{"metric":{},"values":[[${query.get('start')},"1"]]}`));
      },
    ]);
    const [series] = await client.queryRange('up', 1, 100, 1);
    expect(lengths).toEqual([100, 50, 25, 25, 25, 25]);
    expect([...series.times]).toEqual([1, 26, 51, 76]);
    expect(waits).toEqual([]);
  });

  it('halves the range where the answer is over the size limit', async () => {
    const { client } = await serve(
      [
        (query, response) => {
          const times = Array.from(
            { length: Number(query.get('end')) - Number(query.get('start')) + 1 },
            (_, i) => Number(query.get('start')) + i,
          );
          response.end(matrix(`{"metric":{},"values":[${times.map((time) => `[${time},"1"]`).join(',')}]}`));
        },
      ],
      { maxAnswerBytes: 400 },
    );
    const [series] = await client.queryRange('up', 1, 100, 1);
    expect([...series.times]).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  it('gives up where one point is already too much', async () => {
    const { client } = await serve([(_, response) => fail(response, 422, 'execution', 'the query exceeded the maximum number of series')]);
    await expect(client.queryRange('up', 0, 60, 1)).rejects.toMatchObject({ kind: 'overloaded', status: 422 });
  });

  it.each([
    ['a bad expression', 400, 'bad_data', '1:3: parse error: unexpected end of input'],
    ['a fault of evaluation, which has the status of too many samples', 422, 'execution', 'many-to-many matching not allowed'],
    ['missing rights', 401, 'unauthorized', 'go away'],
  ])('does not repeat %s and says why', async (_, status, type, error) => {
    const { client, count } = await serve([(_, response) => fail(response, status, type, error)]);
    await expect(client.queryRange('up{', 0, 60, 1)).rejects.toMatchObject({
      kind: 'refused',
      status,
      message: expect.stringContaining(error),
    });
    expect(count()).toBe(1);
  });

  it.each([
    ['NaN step', 0, 10, NaN],
    ['step 0', 0, 10, 0],
    ['end before start', 10, 0, 1],
    ['endless range', 0, Infinity, 1],
  ])('refuses %s', async (_, start, end, step) => {
    const { client, count } = await serve([(_, response) => response.end(matrix(''))]);
    await expect(client.queryRange('up', start, end, step)).rejects.toMatchObject({ kind: 'refused' });
    expect(count()).toBe(0);
  });

  it('hands on warnings and counts native histograms', async () => {
    const heard: unknown[] = [];
    const { client } = await serve(
      [
        (_, response) =>
          response.end(
            '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"histograms":[[1,{}]]}]},"warnings":["slow disk"]}',
          ),
      ],
      { onWarning: (...note) => heard.push(note), onHistograms: (...note) => heard.push(note) },
    );
    expect(await client.queryRange('h', 0, 1, 1)).toEqual([]);
    expect(heard).toEqual([
      ['h', 'slow disk'],
      ['h', 1],
    ]);
  });
});

describe('what fails', () => {
  it('is tried again after 500, 503, 429 and a cut connection, each wait a random part of a growing span', async () => {
    const { client, waits } = await serve([
      (_, response) => fail(response, 503, 'timeout', 'query timed out'),
      (_, response) => response.writeHead(429, { 'retry-after': '7' }).end('slow down'),
      (_, response) => response.destroy(),
      (_, response) => response.writeHead(502).end('<html>bad gateway</html>'),
      (_, response) => response.end(vector('[5,"1"]')),
    ]);
    expect(await client.query('up', 5)).toEqual([{ name: '', labels: {}, time: 5, value: 1 }]);
    expect(waits).toEqual([0.5, 8, 2, 4]);
  });

  it('never waits longer than 30 s and ends after the tries it has', async () => {
    const { client, waits, count } = await serve([(_, response) => response.writeHead(503, { 'retry-after': '9999' }).end()], { tries: 9 });
    await expect(client.query('up', 0)).rejects.toMatchObject({ kind: 'overloaded', status: 503 });
    expect([waits.length, Math.max(...waits), count()]).toEqual([8, 30, 9]);
  });

  it('is unreachable where nobody listens', async () => {
    const { client, server, waits } = await serve([]);
    await new Promise((resolve) => server.close(resolve));
    await expect(client.query('up', 0)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(waits.length).toBe(4);
  });

  it('is unreachable where no answer ends in time, though bytes trickle', async () => {
    const { client } = await serve(
      [
        (_, response) => {
          const drip = setInterval(() => response.write(' '), 20);
          response.on('close', () => clearInterval(drip));
        },
      ],
      { timeoutSeconds: 0.2, tries: 1 },
    );
    await expect(client.query('up', 0)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('no answer within 0.2 s'),
    });
  });

  it('is a bad answer where a page stands in its place', async () => {
    const { client, count } = await serve([(_, response) => response.end('<html>welcome</html>')]);
    await expect(client.query('up', 0)).rejects.toMatchObject({ kind: 'bad-answer', message: expect.stringContaining('<html>welcome') });
    expect(count()).toBe(1);
  });

  it('is not tried again once cancelled', async () => {
    const controller = new AbortController();
    const { client, waits } = await serve([() => controller.abort()], { signal: controller.signal });
    await expect(client.query('up', 0)).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('cancelled') });
    expect(waits).toEqual([]);
  });

  it('shows no credential, neither in the text nor in the error', async () => {
    const { server } = await serve([(_, response) => fail(response, 401, 'unauthorized', 'no')]);
    const url = `http://reader:hunter2@127.0.0.1:${portOf(server)}/`;
    const client = createPrometheusClient({ ...plain([]), url, headers: { 'x-token': 'hunter2' } });
    const error: unknown = await client.query('up', 0).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Error);
    expect(inspectDeep(error)).not.toContain('hunter2');
    await new Promise((resolve) => server.close(resolve));
    expect(inspectDeep(await client.query('up', 0).catch((error: unknown) => error))).not.toContain('hunter2');
  });
});

describe('the client', () => {
  it('has two requests in flight at most', async () => {
    let flying = 0;
    let most = 0;
    const { client } = await serve([
      (_, response) => {
        most = Math.max(most, ++flying);
        setTimeout(() => {
          flying -= 1;
          response.end(vector('[1,"1"]'));
        }, 10);
      },
    ]);
    await Promise.all(Array.from({ length: 9 }, () => client.query('up', 1)));
    expect(most).toBe(2);
  });

  it.each([
    ['basic auth', { basicAuth: { username: 'a', password: 'ü' } }, { authorization: `Basic ${Buffer.from('a:ü').toString('base64')}` }],
    ['a bearer token', { bearerToken: 'abc' }, { authorization: 'Bearer abc' }],
    ['headers of its own', { headers: { 'x-scope-orgid': 'team' } }, { 'x-scope-orgid': 'team' }],
  ])('sends %s', async (_, options, wanted) => {
    const seen: object[] = [];
    const { client } = await serve(
      [
        (_, response, request) => {
          seen.push(request.headers);
          response.end(vector('[1,"1"]'));
        },
      ],
      options,
    );
    await client.query('up', 1);
    expect(seen[0]).toMatchObject(wanted);
  });

  it('sends user and password of its address, decoded', async () => {
    const seen: (string | undefined)[] = [];
    const { server } = await serve([
      (_, response, request) => {
        seen.push(request.headers.authorization);
        response.end(vector('[1,"1"]'));
      },
    ]);
    await createPrometheusClient({ ...plain([]), url: `http://a:p%40ss@127.0.0.1:${portOf(server)}` }).query('up', 1);
    expect(seen).toEqual([`Basic ${Buffer.from('a:p@ss').toString('base64')}`]);
  });

  it('keeps a path prefix, and sends long expressions as a form', async () => {
    const { server, url } = await serve([
      (query, response, request) =>
        response.end(vector(`[${query.get('query')!.length},"${request.url === '/prom/api/v1/query' ? 1 : 0}"]`)),
    ]);
    const client = createPrometheusClient({ ...plain([]), url: `${url}/prom` });
    expect(await client.query(`up{a=~"${'x'.repeat(50_000)}"}`, 1)).toMatchObject([{ time: 50_009, value: 1 }]);
    server.close();
  });

  it('sends the parameters of the configuration with every query, its own winning', async () => {
    const seen: string[] = [];
    const { client } = await serve([(query, response) => (seen.push(query.toString()), response.end(matrix('')))], {
      parameters: { partial_response: 'false', step: '7' },
    });
    await client.queryRange('up', 0, 60, 15);
    expect(seen).toEqual(['partial_response=false&step=15&query=up&start=0&end=60&timeout=5s']);
  });

  it('names the version and reads any other part of the API', async () => {
    const { client } = await serve([
      (_, response, request) => response.end(`{"status":"success","data":{"version":"2.42.0","url":"${request.url}"}}`),
    ]);
    expect(await client.buildInfo()).toEqual({ version: '2.42.0' });
    expect(await client.get('rules', { type: 'alert' })).toMatchObject({ url: '/api/v1/rules?type=alert' });
    await client.ready();
  });
});
