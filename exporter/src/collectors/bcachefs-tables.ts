const UNITS = 'kmgtpe';

/** Bytes of a size as bcachefs writes it: `512k`, `1.5G`, plain counts too; cut to whole bytes. Throws on another form. */
export function humanBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtpe]?)$/i.exec(text.trim());
  if (match === null) throw new Error(`bcachefs: got ${JSON.stringify(text.slice(0, 40))}, want a size such as 1.5G`);
  const power = match[2] === '' ? 0 : UNITS.indexOf(match[2].toLowerCase()) + 1;
  return Math.trunc(Number(match[1]) * 1024 ** power);
}

/** A line of a table: its first word without a colon, and the words after it. */
export interface Row {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Rows with at least `least` columns after the name; the heading, if there is one, is left out. */
export function parseRows(text: string, heading: boolean, least: number): Row[] {
  return text
    .split('\n')
    .slice(heading ? 1 : 0)
    .map((line) => line.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > least)
    .map(([name, ...columns]) => ({ name: name.replace(/:$/, ''), columns }));
}

/** The count since the file system was made, from a file of `counters`. Throws where the line is missing. */
export function parseCounter(text: string): number {
  const match = /^since filesystem creation:\s*(\S+)\s*$/m.exec(text);
  if (match === null) throw new Error(`bcachefs: got ${JSON.stringify(text.slice(0, 60))}, want since filesystem creation: N`);
  return humanBytes(match[1]);
}

/** Bytes done by a device: `read:` and `write:`, each above its lines `type : bytes`. */
export interface IoDone {
  readonly operation: string;
  readonly dataType: string;
  readonly bytes: number;
}

export function parseIoDone(text: string): IoDone[] {
  const done: IoDone[] = [];
  let operation = '';
  for (const line of text.split('\n')) {
    const match = /^\s*(\w+)\s*:\s*(\d*)\s*$/.exec(line);
    if (match === null) continue;
    if (match[2] === '') operation = match[1];
    else if (operation !== '') done.push({ operation, dataType: match[1], bytes: Number(match[2]) });
  }
  return done;
}

/** Errors of a device by kind, of the section `IO errors since filesystem creation` alone. */
export function parseIoErrors(text: string): Map<string, number> {
  const section = text.split(/^(?=IO errors since )/m).find((part) => part.startsWith('IO errors since filesystem creation')) ?? '';
  return new Map([...section.matchAll(/^\s*(\w+)\s*:\s*(\d+)\s*$/gm)].map((match) => [match[1], Number(match[2])]));
}
