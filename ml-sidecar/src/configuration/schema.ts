import { formatDuration } from '@presage/service/duration.ts';
import { z } from 'zod';
import { autoHostDefaults } from '../detectors/auto-host.ts';
import { autoDefaults } from '../detectors/auto-plan.ts';
import { apiSchema } from './api.ts';
import { transportsSchema } from './transports.ts';
import { defaultHosts, defaultMetrics, defaultModel, defaultPrometheus, defaultTuning } from './defaults.ts';
import { duration, durationOr, name, number, orElse, text, whole } from './values.ts';

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
    false_alerts_per_week: orElse(
      number('False alerts that a series may give in a week; the thresholds follow.', 0.01, 100),
      autoDefaults.falseAlertsPerWeek,
    ),
    direction: orElse(
      z.enum(['both', 'above', 'below'], { error: () => 'both, above or below' }).describe('Which side of what was expected counts.'),
      autoDefaults.direction,
    ),
    minimum_deviation: orElse(
      number('Share of its level by which a value must miss what was expected.', 0, 1000),
      autoDefaults.minimumDeviation,
    ),
    needed: orElse(whole('So many of the last `window` values must be anomalous.', 1, 31), autoDefaults.needed),
    window: orElse(whole('Values among which `needed` are counted.', 1, 31), autoDefaults.window),
    quiet: durationOr('Span after an alert in which the same series gives no new one.', autoDefaults.quietSeconds),
    mute: durationOr('An alert that lasts longer than this is muted until the series has come back.', autoDefaults.muteSeconds),
    shift_after: durationOr('Span after which a lasting shift is taken for a new level.', autoDefaults.shiftAfterSeconds),
  },
  { error: () => 'a section' },
);

/** What every watch may set, and `defaults` for all of them. */
const tuning = {
  step: durationOr('Query resolution: one value is forecast and scored for each step.', defaultTuning.step),
  resolution: duration(
    'Where samples come live: the detector learns the newest one of each such span; every sample is scored. Divides the step; unless told, the longest such span of at most a minute.',
  ).optional(),
  live: orElse(
    z
      .boolean({ error: () => 'true or false' })
      .describe('Whether to score samples as they come by remote write, where the watch is a plain selector or recorded by a rule.'),
    defaultTuning.live,
  ),
  history: durationOr('Span learned from.', defaultTuning.history),
  horizon: durationOr('Span forecast ahead.', defaultTuning.horizon),
  refit: durationOr(
    'How often a model is learnt anew; where nothing is said and series_limit is above 10,000, less often, down to every 1h.',
    defaultTuning.refit,
  ),
  delay: durationOr('How long after a grid time its value is asked for, so that slow scrapes have arrived.', defaultTuning.delay),
  forecaster: orElse(text('the name of a forecaster', 'Model that forecasts.'), defaultTuning.forecaster),
  detector: orElse(text('the name of a detector', 'Detector that scores.'), defaultTuning.detector),
  detection: detection.describe('What counts as anomalous, for the detector auto.').optional(),
  timezone: orElse(
    text('an IANA time zone such as Europe/Berlin', 'Time zone whose wall time the daily and weekly seasons follow.'),
    defaultTuning.timezone,
  ),
  holidays: text(
    'the path of an iCal file',
    'Calendar file (iCal, .ics): days on which an event of it lies are forecast as free days, as weekends are.',
  ).optional(),
  distrust_alerts: orElse(
    z
      .boolean({ error: () => 'true or false' })
      .describe('Whether hardly anything is learnt of a series while an alert with agreeing labels fires. Not where samples come live.'),
    defaultTuning.distrust_alerts,
  ),
  series_limit: orElse(
    whole('Most series that a watch follows; the rest is counted and left out.', 1, 1_000_000),
    defaultTuning.series_limit,
  ),
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
  recorded: orElse(
    z
      .boolean({ error: () => 'true or false' })
      .describe('Whether the recording rules of the preset are loaded in Prometheus, so that its watches can be fed by live samples.'),
    false,
  ),
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
    timeout: durationOr('Longest wait for one answer.', defaultPrometheus.timeout),
    concurrency: orElse(whole('Most queries under way at once.', 1, 64), defaultPrometheus.concurrency),
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
  quantiles: orElse(
    z
      .array(z.number().gt(0).lt(1), { error: () => 'a list of probabilities between 0 and 1' })
      .describe('Quantile levels of the gauges on /metrics.'),
    defaultMetrics.quantiles,
  ),
  horizons: orElse(
    z.array(duration('One horizon.'), { error: () => 'a list of durations' }).describe('Horizons of the gauges on /metrics.'),
    defaultMetrics.horizons.map(formatDuration),
  ),
});

const hosts = z.strictObject(
  {
    label: orElse(text('the name of a label', 'Label whose values are hosts.'), defaultHosts.label),
    false_alerts_per_week: orElse(
      number('False alerts that a host may give in a week; its threshold follows.', 0.01, 100),
      autoHostDefaults.falseAlertsPerWeek,
    ),
    quiet: durationOr('Span after an alert in which the same host gives no new one.', autoHostDefaults.quietSeconds),
    mute: durationOr('An alert that lasts longer than this is muted until the host has come back.', autoHostDefaults.muteSeconds),
  },
  { error: () => 'a section' },
);

const model = z.strictObject({
  name: name('Name of the model, for `forecaster`.'),
  plugin: text('the name of a plug-in', 'What runs it: augurs-mstl, augurs-prophet, tensorflow, onnx or module.'),
  file: text('a path', 'What it loads, seen from the working directory: a manifest (tensorflow, onnx) or a module.').optional(),
  timeout: durationOr('Longest time for one series; after it the worker is replaced.', defaultModel.timeout),
  memory: orElse(whole('Largest JavaScript heap of its worker, MiB.', 32, 65_536), defaultModel.memory),
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
