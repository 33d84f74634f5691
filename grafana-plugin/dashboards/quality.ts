import { dashboard, labelVariable, uids } from './dashboard.ts';
import { figure, limit, lines, table } from './panels.ts';

const here = 'watch=~"$watch"';
const subject = 'watch, instance, mountpoint, device, limit';
/** Each limit once that was announced, or passed, in the time shown. */
const recorded = (name: string): string => `last_over_time(${name}{${here}}[$__range])`;
const announced = recorded('presage:limit:foretold');
const passed = recorded('presage:limit:passed');
const first = (name: string): string => `min_over_time(timestamp(${name}{${here}})[$__range:1m])`;
const size = { width: 6, height: 4 };

/** Whether the forecasts keep their word. */
export const quality = dashboard({
  uid: uids.quality,
  title: 'Presage: forecast quality',
  description: 'Whether bands hold what they promise, forecasts beat the simplest one, and alerts came before what they announced.',
  from: 'now-7d',
  to: 'now',
  variables: [
    labelVariable('watch', 'Watch', 'label_values(presage_series_state, watch)', {
      multi: true,
      includeAll: true,
      allValue: '.+',
      current: { selected: true, text: 'All', value: '$__all' },
    }),
  ],
  sections: [
    {
      title: 'Bands and skill',
      panels: [
        table({
          title: 'Each watch',
          description: 'Coverage: share of samples inside the band of that level. Skill: 1 − loss / loss of the seasonal naive forecast.',
          targets: [
            { expr: `avg by (watch) (presage:interval_coverage:avg{level="0.5",${here}})` },
            { expr: `avg by (watch) (presage:interval_coverage:avg{level="0.8",${here}})` },
            { expr: `avg by (watch) (presage:interval_coverage:avg{level="0.95",${here}})` },
            { expr: `avg by (watch) (presage:forecast_skill:avg{${here}})` },
            { expr: `sum by (watch) (presage:series:count{state="ready",${here}})` },
            { expr: `sum by (watch) (presage:series:count{state="unforecastable",${here}})` },
          ],
          columns: [
            { field: 'watch', title: 'Watch' },
            { field: 'Value #A', title: 'In the 50 % band', unit: 'percentunit', config: { decimals: 0 } },
            { field: 'Value #B', title: 'In the 80 % band', unit: 'percentunit', config: { decimals: 0 } },
            { field: 'Value #C', title: 'In the 95 % band', unit: 'percentunit', config: { decimals: 0 } },
            { field: 'Value #D', title: 'Skill', config: { decimals: 2 } },
            { field: 'Value #E', title: 'Ready' },
            { field: 'Value #F', title: 'Unforecastable' },
          ],
          sort: { field: 'Value #D', desc: false },
          width: 24,
          height: 11,
        }),
        lines({
          title: 'Coverage',
          description: 'Each line should lie at its own level.',
          targets: [{ expr: `avg by (level) (presage_interval_coverage_ratio{${here}})`, legend: '{{level}}' }],
          unit: 'percentunit',
          defaults: { min: 0, max: 1 },
          width: 12,
          height: 9,
        }),
        lines({
          title: 'Skill',
          description: 'At 0 or below a forecast is no better than last week at this hour, and nobody is paged on it.',
          targets: [{ expr: `avg by (watch) (presage:forecast_skill:avg{${here}})`, legend: '{{watch}}' }],
          defaults: limit(0, 'below'),
          width: 12,
          height: 9,
        }),
      ],
    },
    {
      title: 'Alerts against outcomes, in the time shown',
      panels: [
        figure({
          ...size,
          title: 'Limits announced',
          description: 'Limits that an alert said would be passed.',
          targets: [{ expr: `count(${announced}) or vector(0)` }],
        }),
        figure({
          ...size,
          title: 'Passed as announced',
          description: 'Limits that were announced, and were passed.',
          targets: [{ expr: `count(${passed} and on (${subject}) ${announced}) or vector(0)` }],
        }),
        figure({
          ...size,
          title: 'Passed unannounced',
          description: 'Limits that were passed though no alert had said so.',
          targets: [{ expr: `count(${passed} unless on (${subject}) ${announced}) or vector(0)` }],
          defaults: limit(1),
        }),
        figure({
          ...size,
          title: 'Announced and not passed',
          description: 'Somebody was in time, the limit is still to come, or the alert was false.',
          targets: [{ expr: `count(${announced} unless on (${subject}) ${passed}) or vector(0)` }],
        }),
        table({
          title: 'Lead time',
          description: 'How long before a limit was passed the first alert announced it.',
          targets: [
            {
              expr: `${first('presage:limit:passed')} - on (${subject}) ${first('presage:limit:foretold')} > 0`,
            },
          ],
          columns: [
            { field: 'instance', title: 'Host' },
            { field: 'watch', title: 'Watch' },
            { field: 'mountpoint', title: 'Volume' },
            { field: 'device', title: 'Device' },
            { field: 'limit', title: 'Limit' },
            { field: 'Value', title: 'Lead time', unit: 'dtdurations' },
          ],
          sort: { field: 'Value', desc: true },
          width: 12,
          height: 9,
        }),
        lines({
          title: 'Alerts that fire',
          description: 'Fewer and right is better than many.',
          targets: [{ expr: 'count by (alertname) (ALERTS{alertname=~"Presage.+",alertstate="firing"})', legend: '{{alertname}}' }],
          defaults: { min: 0, decimals: 0 },
          width: 12,
          height: 9,
        }),
      ],
    },
    {
      title: 'Models',
      panels: [
        lines({
          title: 'Series by state',
          description: 'Learning, ready, stale or unforecastable.',
          targets: [{ expr: `sum by (state) (presage:series:count{${here}})`, legend: '{{state}}' }],
          defaults: { min: 0 },
          width: 8,
          height: 9,
        }),
        lines({
          title: 'Series by model',
          description: 'Which model forecasts how many series.',
          targets: [{ expr: `count by (model) (presage_model_info{${here}})`, legend: '{{model}}' }],
          defaults: { min: 0 },
          width: 8,
          height: 9,
        }),
        lines({
          title: 'Age of the oldest fit',
          description: 'Forecasts older than 12 hours raise PresageForecastStale.',
          targets: [{ expr: `max by (watch) (presage:last_fit_age_seconds:max{${here}})`, legend: '{{watch}}' }],
          unit: 's',
          defaults: { ...limit(12 * 3600), min: 0 },
          width: 8,
          height: 9,
        }),
      ],
    },
  ],
});
