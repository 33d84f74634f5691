import { UsageError } from '@presage/service/command-line.ts';
import { labelText } from '@presage/service/exposition.ts';
import { listFlag } from '@presage/service/flags.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';

const INCLUDE = 'collector.sysctl.include';
const INFO = 'collector.sysctl.include-info';

/** Kernel parameters that the flags name: numbers as metrics of their own, texts as labels of node_sysctl_info. */
export const sysctl = defineCollector({
  name: 'sysctl',
  help: 'chosen kernel parameters',
  flags: {
    [INCLUDE]: listFlag({
      help: 'Parameter with numbers to show, or PARAMETER:NAME,NAME… to name each number; may be given several times.',
    }),
    [INFO]: listFlag({ help: 'Parameter to show as text; may be given several times.' }),
  },
  start: (values) => {
    const numbers = values[INCLUDE].map(parseParameter);
    const texts = values[INFO].map(parseParameter);
    for (const { name, keys } of texts)
      if (keys.length > 0) throw new UsageError(`--${INFO}: got keys for ${name}, want the parameter alone`);
    return (host, sink) => {
      for (const parameter of numbers) writeNumbers(sink, parameter, readFields(host, parameter));
      for (const parameter of texts)
        for (const [index, value] of readFields(host, parameter).entries())
          sink
            .gauge('node_sysctl_info', 'Text of a kernel parameter; always 1.')
            .add(1, labelText({ name: parameter.name, value, index: String(index) }));
    };
  },
});

/** A parameter as sysctl(8) names it, and names for its fields. */
export interface Parameter {
  readonly name: string;
  readonly keys: readonly string[];
}

/** Reads `kernel.pid_max` or `fs.file-nr:total,current,max`. Throws UsageError where the name is none. */
export function parseParameter(text: string): Parameter {
  const match = /^([\w./-]+)(?::([\w,-]+))?$/.exec(text);
  if (match === null || match[1].includes('..'))
    throw new UsageError(`--${INCLUDE}: got ${JSON.stringify(text)}, want a parameter such as kernel.pid_max`);
  return { name: match[1], keys: match[2]?.split(',') ?? [] };
}

/** Dots stand for slashes; a name that has slashes already is a path, as in sysctl(8). */
function readFields(host: Host, { name }: Parameter): string[] {
  const path = name.includes('/') ? name : name.replaceAll('.', '/');
  return host.proc.read(`sys/${path}`).trim().split(/\s+/);
}

function writeNumbers(sink: Sink, { name, keys }: Parameter, fields: readonly string[]): void {
  const base = `node_sysctl_${metricName(name)}`;
  if (keys.length > 0 && keys.length !== fields.length)
    throw new Error(`sysctl ${name}: got ${fields.length} values, want ${keys.length} as the flag names them`);
  for (const [index, field] of fields.entries()) {
    const value = Number(field);
    if (field === '' || Number.isNaN(value)) throw new Error(`sysctl ${name}: got ${JSON.stringify(field)}, want a number`);
    if (keys.length > 0) sink.untyped(`${base}_${metricName(keys[index])}`, `Kernel parameter ${name}, field ${index}.`).add(value);
    else sink.untyped(base, `Kernel parameter ${name}.`).add(value, fields.length === 1 ? '' : labelText({ index: String(index) }));
  }
}

function metricName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}
