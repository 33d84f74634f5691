import { silentLogger } from '@presage/service/log.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { collectors } from './collectors/index.ts';
import { closeHost } from './host/host.ts';
import { createRunner } from './scrape/runner.ts';
import { archivedCollectors, hostOver, startOne, unpack } from './testing/fixture-host.ts';

const tree = unpack(archivedCollectors());
afterAll(tree.clear);

// Renewed by `npx vitest run --project unit exporter/src/golden.test.ts -u`, then read in review.
describe('the exposition of the fixture host', () => {
  it.each(collectors.map(({ collector }) => collector.name))('%s is as in testdata/golden', async (name) => {
    const host = hostOver(tree.root);
    const { text } = await createRunner(host, [startOne(name)], silentLogger).scrape(5);
    closeHost(host);
    const own = text.replace(/^(# (HELP|TYPE) )?node_scrape_.*\n/gm, '').replaceAll(tree.root, '');
    await expect(own).toMatchFileSnapshot(`../testdata/golden/${name}.prom`);
  });
});
