import { familyHeader, labelText, type Labels, valueText } from '@presage/service/exposition.ts';
import { PROBE_FAMILIES, type ProbeFamily } from './families.ts';

/** One family's samples: label texts with their values. */
export interface Reading {
  readonly name: ProbeFamily;
  readonly samples: ReadonlyMap<string, number>;
}

/** What one probe has measured so far. After `freeze` nothing changes any more: a probe that runs late cannot alter its result. */
export class Readings {
  readonly #families = new Map<ProbeFamily, Map<string, number>>();
  #frozen = false;

  /** Sets a gauge. */
  set(name: ProbeFamily, value: number, labels?: Labels): void {
    this.#put(name, labels === undefined ? '' : labelText(labels), value);
  }

  /** Sets a gauge by phase. */
  setPhase(name: ProbeFamily, phase: string, seconds: number): void {
    this.#put(name, phaseLabels(phase), seconds);
  }

  #put(name: ProbeFamily, labels: string, value: number): void {
    if (this.#frozen) return;
    let samples = this.#families.get(name);
    if (samples === undefined) this.#families.set(name, (samples = new Map<string, number>()));
    samples.set(labels, value);
  }

  /** Adds to a gauge by phase, which starts at 0. */
  add(name: ProbeFamily, phase: string, seconds: number): void {
    const labels = phaseLabels(phase);
    this.#put(name, labels, (this.#families.get(name)?.get(labels) ?? 0) + seconds);
  }

  freeze(): void {
    this.#frozen = true;
  }

  /** The families by name. */
  list(): readonly Reading[] {
    return [...this.#families].map(([name, samples]) => ({ name, samples })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Text format 0.0.4. */
  text(): string {
    let text = '';
    for (const { name, samples } of this.list()) {
      text += headerOf(name);
      for (const [labels, value] of samples) text += `${name}${labels} ${valueText(value)}\n`;
    }
    return text;
  }
}

const phases = new Map<string, string>();

function phaseLabels(phase: string): string {
  let labels = phases.get(phase);
  if (labels === undefined) phases.set(phase, (labels = labelText({ phase })));
  return labels;
}

const headers = new Map<ProbeFamily, string>();

function headerOf(name: ProbeFamily): string {
  let header = headers.get(name);
  if (header === undefined) headers.set(name, (header = familyHeader(name, PROBE_FAMILIES[name], 'gauge')));
  return header;
}
