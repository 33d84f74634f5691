import type { PluginFit, PluginJob } from './job.ts';

/** What a worker is started with. */
export interface WorkerData {
  readonly name: string;
  readonly plugin: string;
  readonly file: string;
  /** Time limit of one job, seconds. */
  readonly timeout: number;
}

/** What is asked of a worker, one at a time. */
export interface Question {
  readonly job: PluginJob;
}

/** What a worker says: that it is ready, or cannot be, and then an answer to each question. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unloadable'; readonly missing: boolean; readonly text: string }
  | { readonly kind: 'fit'; readonly fit: PluginFit }
  | { readonly kind: 'failed'; readonly text: string };
