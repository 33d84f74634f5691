import { z } from 'zod';
import { apiSchema } from './api.ts';
import { transportsSchema } from './transports.ts';
import { duration, name, number, text, whole } from './values.ts';

/** An open end of `bounds`, or a number. */
const bound = z.union([z.number(), z.literal(Infinity), z.literal(-Infinity), z.null()], {
  error: () => 'a number, or null where there is no bound',
});

const limit = z
  .strictObject({
    name: name('Name of the limit, the label `limit` on its metrics.'),
    above: z
      .number({ error: () => 'a number' })
      .describe('The value hurts above this.')
      .optional(),
    below: z
      .number({ error: () => 'a number' })
      .describe('The value hurts below this.')
      .optional(),
  })
  .refine((value) => (value.above === undefined) !== (value.below === undefined), { error: 'either above or below with a number' });

const detection = z.strictObject(
  {
    false_alerts_per_week: number('False alerts that a series may give in a week; the thresholds follow.', 0.01, 100).optional(),
    direction: z
      .enum(['both', 'above', 'below'], { error: () => 'both, above or below' })
      .describe('Which side of what was expected counts.')
      .optional(),
    minimum_deviation: number('Share of its level by which a value must miss what was expected.', 0, 1000).optional(),
    needed: whole('So many of the last `window` values must be anomalous.', 1, 31).optional(),
    window: whole('Values among which `needed` are counted.', 1, 31).optional(),
    quiet: duration('Span after an alert in which the same series gives no new one.').optional(),
    mute: duration('An alert that lasts longer than this is muted until the series has come back.').optional(),
    shift_after: duration('Span after which a lasting shift is taken for a new level.').optional(),
  },
  { error: () => 'a section' },
);

/** What every watch may set, and `defaults` for all of them. */
const tuning = {
  step: duration('Query resolution: one value is forecast and scored for each step.').optional(),
  resolution: duration(
    'Where samples come live: the detector learns the newest one of each such span; every sample is scored. Divides the step.',
  ).optional(),
  live: z
    .boolean({ error: () => 'true or false' })
    .describe('Whether to score samples as they come by remote write, where the watch is a plain selector or recorded by a rule.')
    .optional(),
  history: duration('Span learned from.').optional(),
  horizon: duration('Span forecast ahead.').optional(),
  refit: duration(
    'How often a model is learnt anew. Unless said, every 15m; with a series_limit above 10,000 less often, down to every 1h.',
  ).optional(),
  delay: duration('How long after a grid time its value is asked for, so that slow scrapes have arrived.').optional(),
  forecaster: text('the name of a forecaster', 'Model that forecasts.').optional(),
  detector: text('the name of a detector', 'Detector that scores.').optional(),
  detection: detection.describe('What counts as anomalous, for the detector auto.').optional(),
  timezone: text('an IANA time zone such as Europe/Berlin', 'Time zone whose wall time the daily and weekly seasons follow.').optional(),
  holidays: text(
    'the path of an iCal file',
    'Calendar file (iCal, .ics): days on which an event of it lies are forecast as free days, as weekends are.',
  ).optional(),
  distrust_alerts: z
    .boolean({ error: () => 'true or false' })
    .describe(
      'Whether hardly anything is learnt of a series while an alert with agreeing labels fires; false unless told. Not where samples come live.',
    )
    .optional(),
  series_limit: whole('Most series that a watch follows; the rest is counted and left out.', 1, 1_000_000).optional(),
};

const limitsAndBounds = {
  bounds: z
    .tuple([bound, bound], { error: () => 'two numbers, lower and upper; null where there is no bound' })
    .refine(([lower, upper]) => (lower ?? -Infinity) < (upper ?? Infinity), { error: 'a lower bound below the upper bound' })
    .describe('Physical range: bands never leave it. null where there is no bound.')
    .optional(),
  limits: z
    .array(limit, { error: () => 'a list of limits' })
    .describe('Values that hurt: time and chance to reach them are told.')
    .optional(),
};

const watch = z.strictObject({
  name: name('Name of the watch, the label `watch` on every metric of it.'),
  expr: text('a PromQL expression', 'PromQL expression: each series that it returns is forecast and scored.'),
  recorded_as: text(
    'a selector such as node:cpu:ratio',
    'Selector of what a recording rule makes of the expression, with the same labels: live samples are taken from it.',
  ).optional(),
  ...tuning,
  ...limitsAndBounds,
});

const preset = z.strictObject({
  preset: text('the name of a preset', 'A set of watches that every host wants.'),
  matchers: z
    .string({ error: () => 'matchers such as job="node"' })
    .describe('Added to every selector of the preset, such as job="node".')
    .optional(),
  recorded: z
    .boolean({ error: () => 'true or false' })
    .describe('Whether the recording rules of the preset are loaded in Prometheus, so that its watches can be fed by live samples.')
    .optional(),
  without: z
    .array(z.string(), { error: () => 'a list of watch names' })
    .describe('Watches of the preset to leave out.')
    .optional(),
  ...tuning,
});

const prometheus = z.strictObject(
  {
    url: z
      .string({ error: () => 'an address such as http://127.0.0.1:9090' })
      .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
        error: 'an address such as http://127.0.0.1:9090',
      })
      .refine((value) => !URL.canParse(value) || new URL(value).password === '', {
        error: 'no password in the address: use basic_auth with password_file',
      })
      .describe('Address of Prometheus or of anything with its query API.'),
    timeout: duration('Longest wait for one answer.').optional(),
    concurrency: whole('Most queries under way at once.', 1, 64).optional(),
    bearer_token_file: text('a path', 'File with a bearer token.').optional(),
    basic_auth: z
      .strictObject({
        username: text('a user name', 'User name.'),
        password_file: text('a path', 'File with the password.'),
      })
      .describe('User and password for Prometheus.')
      .optional(),
    headers: z
      .record(z.string(), z.string({ error: () => 'text' }))
      .describe('Further request headers, such as X-Scope-OrgID.')
      .optional(),
    parameters: z
      .record(z.string(), z.string({ error: () => 'text' }))
      .describe('Further parameters of every query, such as partial_response of Thanos.')
      .optional(),
  },
  { error: () => 'a section with url' },
);

const metrics = z.strictObject({
  quantiles: z
    .array(z.number().gt(0).lt(1), { error: () => 'a list of probabilities between 0 and 1' })
    .describe('Quantile levels of the gauges on /metrics.')
    .optional(),
  horizons: z
    .array(duration('One horizon.'), { error: () => 'a list of durations' })
    .describe('Horizons of the gauges on /metrics.')
    .optional(),
});

const hosts = z.strictObject(
  {
    label: text('the name of a label', 'Label whose values are hosts.').optional(),
    false_alerts_per_week: number('False alerts that a host may give in a week; its threshold follows.', 0.01, 100).optional(),
    quiet: duration('Span after an alert in which the same host gives no new one.').optional(),
    mute: duration('An alert that lasts longer than this is muted until the host has come back.').optional(),
  },
  { error: () => 'a section' },
);

const model = z.strictObject({
  name: name('Name of the model, for `forecaster`.'),
  plugin: text('the name of a plug-in', 'What runs it: augurs-mstl, augurs-prophet, tensorflow, onnx or module.'),
  file: text('a path', 'What it loads, seen from the working directory: a manifest (tensorflow, onnx) or a module.').optional(),
  timeout: duration('Longest time for one series; after it the worker is replaced.').optional(),
  memory: whole('Largest JavaScript heap of its worker, MiB.', 32, 65_536).optional(),
});

/** An entry of `watches`: one watch, or a preset that stands for several. */
export const watchSchema = watch;
export const presetSchema = preset;

const file = <Entry extends z.ZodType>(entry: Entry) =>
  z.strictObject(
    {
      prometheus,
      defaults: z
        .strictObject(tuning, { error: () => 'a section' })
        .describe('Defaults for every watch.')
        .optional(),
      hosts: hosts.describe('Scores of whole hosts.').optional(),
      api: apiSchema.describe('Who may do what over HTTP.').optional(),
      transports: transportsSchema.describe('Queues that bring live samples beside /api/v1/write.').optional(),
      models: z
        .array(model, { error: () => 'a list of models' })
        .describe('Models that run as plug-ins, each in a worker of its own.')
        .optional(),
      metrics: metrics.describe('What /metrics shows of each forecast.').optional(),
      watches: z
        .array(entry, { error: () => 'a list of watches' })
        .min(1, { error: 'at least one watch' })
        .describe('What to forecast and score: entries of your own and presets.'),
    },
    { error: () => 'a mapping with prometheus and watches' },
  );

/** The file with its entries still unread, because an entry is either a watch or a preset. Durations come out in seconds. */
export const fileSchema = file(z.record(z.string(), z.unknown(), { error: () => 'a watch with name and expr, or a preset' }));

/** The same for editors and documents: JSON schema can say "either". */
export const documentSchema = file(z.union([watch, preset]));
