/** One sample of a text exposition. */
export interface SampleLine {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** A family as Prometheus would read it. */
export interface FamilyText {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly SampleLine[];
}

/** Reads a text exposition strictly: HELP, TYPE, then samples of that family. Throws at the first line that breaks the format. */
export function readExposition(text: string): FamilyText[] {
  const families: { name: string; help: string; type: string; samples: SampleLine[] }[] = [];
  if (!text.endsWith('\n')) throw new Error('exposition: the last line does not end');
  for (const line of text.slice(0, -1).split('\n')) {
    const last = families.at(-1);
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (help !== null) families.push({ name: help[1], help: help[2], type: '', samples: [] });
    else if (type !== null && last?.name === type[1] && last.type === '') last.type = type[2];
    else if (last !== undefined && last.type !== '') last.samples.push(readSample(line, last.name));
    else throw new Error(`exposition: got ${JSON.stringify(line)}, want HELP and TYPE first`);
  }
  return families;
}

function readSample(line: string, family: string): SampleLine {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line);
  if (match === null || !match[1].startsWith(family))
    throw new Error(`exposition: got ${JSON.stringify(line)}, want a sample of ${family}`);
  const labels = new Map<string, string>();
  let rest = match[2] ?? '';
  while (rest !== '') {
    const label = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?=.)|$)/.exec(rest);
    if (label === null || labels.has(label[1]))
      throw new Error(`exposition: got ${JSON.stringify(rest)}, want NAME="VALUE", each name once`);
    labels.set(label[1], label[2]);
    rest = rest.slice(label[0].length);
  }
  return { name: match[1], labels, value: Number(match[3].replace('Inf', 'Infinity')) };
}
