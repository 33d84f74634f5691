import { labelText } from '@presage/service/exposition.ts';
import { describe, expect, it } from 'vitest';
import { writeSinks } from './exposition.ts';
import { Sink } from './sink.ts';

const a = labelText({ device: 'a' });

describe('writeSinks', () => {
  it('writes families by name, with HELP and TYPE once and numbers as Prometheus reads them', () => {
    const sink = new Sink();
    sink.untyped('node_z', 'Back\\slash and\nnew line.').add(Number.NaN);
    const gauge = sink.gauge('node_a', 'A.');
    gauge.add(Number.POSITIVE_INFINITY, a);
    gauge.add(-1e-7, labelText({ device: '"q"\\\n' }));
    expect(writeSinks([sink])).toEqual({
      text: '# HELP node_a A.\n# TYPE node_a gauge\nnode_a{device="a"} +Inf\nnode_a{device="\\"q\\"\\\\\\n"} -1e-7\n# HELP node_z Back\\\\slash and\\nnew line.\n# TYPE node_z untyped\nnode_z NaN\n',
      duplicates: 0,
    });
  });
  it('leaves a family without samples out', () => {
    const sink = new Sink();
    sink.gauge('node_a', 'A.');
    expect(writeSinks([sink])).toEqual({ text: '', duplicates: 0 });
  });
  it('keeps the first of two samples with the same labels and counts the other', () => {
    const sink = new Sink();
    sink.gauge('node_a', 'A.').add(1, a);
    sink.gauge('node_a', 'A.').add(2, a);
    expect(writeSinks([sink])).toEqual({ text: '# HELP node_a A.\n# TYPE node_a gauge\nnode_a{device="a"} 1\n', duplicates: 1 });
  });
  it('writes bucket, sum and count of a histogram as one family', () => {
    const sink = new Sink();
    const histogram = sink.family('x', 'X.', 'histogram');
    histogram.add(3, labelText({ le: '+Inf' }), '_bucket');
    histogram.add(4.5, '', '_sum');
    histogram.add(3, '', '_count');
    expect(writeSinks([sink]).text).toBe('# HELP x X.\n# TYPE x histogram\nx_bucket{le="+Inf"} 3\nx_sum 4.5\nx_count 3\n');
  });
  it('joins a family of two collectors under the first one’s type, the first of each series winning whatever the order of labels', () => {
    const first = new Sink();
    const second = new Sink();
    first.gauge('node_a', 'A.').add(1, labelText({ x: '1', y: '2', z: '' }));
    const again = second.counter('node_a', 'Other.');
    again.add(9, labelText({ y: '2', x: '1' }));
    again.add(3, labelText({ y: '2 3', x: '1' }));
    expect(writeSinks([first, second])).toEqual({
      text: '# HELP node_a A.\n# TYPE node_a gauge\nnode_a{x="1",y="2",z=""} 1\nnode_a{y="2 3",x="1"} 3\n',
      duplicates: 1,
    });
  });
});
