import type { Kept } from './collect.ts';
import type { Look } from './observe.ts';
import type { Part } from './stack.ts';

/** What happened, and when in seconds since the start. */
export interface Happening {
  readonly at: number;
  readonly what: string;
  /** Whether samples came late for it. */
  readonly delays: boolean;
}

/** What a process held after its garbage was collected, seconds since the start. */
export interface Collection extends Kept {
  readonly at: number;
}

/** The services under watch: programs of Node, whose garbage can be told from what they keep. */
export const services = ['sidecar', 'exporter'] as const;
export type Service = (typeof services)[number];

/** All that was seen of a soak. Times in seconds since its start. */
export interface Course {
  readonly looks: readonly Look[];
  readonly collections: Readonly<Record<Service, readonly Collection[]>>;
  readonly happenings: readonly Happening[];
  /** Seconds after which things must be flat. */
  readonly warm: number;
  readonly crashed: readonly Part[];
  /** What Prometheus saw of the services after the warm-up. */
  readonly scrapes: Readonly<Record<Service, Scrapes>>;
  readonly account: { readonly stored: number; readonly scored: number };
}

/** Seconds that the scrapes of a service took that succeeded. */
export interface Scrapes {
  readonly p50: number;
  readonly p99: number;
}
