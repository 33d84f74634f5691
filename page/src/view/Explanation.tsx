import type { JSX } from 'preact';
import type { ExplanationAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { clockText, spanText } from '../chart/clock.ts';
import type { Unit } from '../chart/unit.ts';
import { shareText } from './words.tsx';

interface Props {
  readonly of: ExplanationAnswer;
  readonly unit: Unit;
}

/** Why a series is forecast as it is: in sentences, then what the models weigh, how the bands held, what the limits may expect. */
export const Explanation = ({ of, unit }: Props): JSX.Element => (
  <div class="explanation">
    <ul>
      {sentences(of, unit).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
    <div class="columns">
      {of.compared !== null && of.compared.origins > 0 && <Models compared={of.compared} unit={unit} />}
      <Bands of={of} />
      {of.limits.length > 0 && <Chances of={of} unit={unit} />}
    </div>
  </div>
);

function sentences(of: ExplanationAnswer, unit: Unit): string[] {
  const { because, samples, lastFit, skill, compared, seasons, ramp } = of;
  const clock = (time: number): string => clockText(time * 1000, Date.now());
  const found: string[] = [];
  if (because !== null) found.push(`${because.charAt(0).toUpperCase()}${because.slice(1)}.`);
  found.push(`${samples.held} values of at most ${samples.most} are held, one every ${spanText(samples.step)}.`);
  if (lastFit !== null) found.push(`Last learned at ${clock(lastFit)}.`);
  const known = seasons.map(({ name, span }) => (name === 'cycle' ? `a cycle of ${spanText(span)}` : name));
  if (known.length > 0) found.push(`The models know of these seasons: ${known.join(', ')}.`);
  if (ramp !== null)
    found.push(
      `It has ${ramp.perHour < 0 ? 'fallen' : 'risen'} straight since ${clock(ramp.since)}, by ${unit.text(Math.abs(ramp.perHour))} an hour; the forecast follows that.`,
    );
  if (skill.live !== null) found.push(`Of late the forecast was ${betterText(skill.live)} than repeating the same time of the day before.`);
  if (compared !== null && compared.at !== null)
    found.push(`Models were compared at ${compared.origins} earlier moments, the newest at ${clock(compared.at)}.`);
  return found;
}

function betterText(skill: number): string {
  if (Math.abs(skill) < 0.005) return 'no better';
  return `${shareText(Math.abs(skill))} ${skill > 0 ? 'better' : 'worse'}`;
}

const Models = ({ compared, unit }: { compared: NonNullable<ExplanationAnswer['compared']>; unit: Unit }): JSX.Element => {
  const leads = compared.leads.filter(({ origins }) => origins > 0);
  const names = [...new Set(leads.flatMap(({ models }) => models.map(({ name }) => name)))];
  const cell = (name: string, lead: (typeof leads)[number]): JSX.Element => {
    const model = lead.models.find((one) => one.name === name);
    const weight = model?.weight ?? 0;
    return (
      <td key={lead.until} class="number">
        <span class="weight" style={{ backgroundSize: `${Math.round(weight * 100)}% 100%` }}>
          {shareText(weight)}
        </span>{' '}
        <span class="weak">{typeof model?.loss === 'number' ? unit.text(model.loss) : '–'}</span>
      </td>
    );
  };
  return (
    <table>
      <caption>Share of each model in the forecast, and its loss in backtests</caption>
      <thead>
        <tr>
          <th scope="col">Model</th>
          {leads.map(({ until }) => (
            <th key={until} scope="col" class="number">
              {until === null ? 'beyond' : `up to ${spanText(until)}`}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {leads.map((lead) => cell(name, lead))}
          </tr>
        ))}
        <tr>
          <th scope="row">what was issued</th>
          {leads.map(({ until, loss }) => (
            <td key={until} class="number weak">
              {loss === null ? '–' : unit.text(loss)}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
};

const Bands = ({ of: { bands } }: { of: ExplanationAnswer }): JSX.Element => (
  <table>
    <caption>Share of values inside each band</caption>
    <thead>
      <tr>
        <th scope="col">Band</th>
        <th scope="col" class="number">
          of late
        </th>
        <th scope="col" class="number">
          in backtests
        </th>
      </tr>
    </thead>
    <tbody>
      {bands.map(({ level, live, backtest }) => (
        <tr key={level}>
          <th scope="row">{shareText(level)}</th>
          <td class="number">{shareText(live)}</td>
          <td class="number">{shareText(backtest)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Chances = ({ of: { limits }, unit }: Props): JSX.Element => {
  const spans = limits[0]?.chances.map(({ within }) => within) ?? [];
  return (
    <table>
      <caption>Chance that a limit is passed</caption>
      <thead>
        <tr>
          <th scope="col">Limit</th>
          {spans.map((within) => (
            <th key={within} scope="col" class="number">
              within {spanText(within)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {limits.map(({ name, side, value, chances }) => (
          <tr key={name}>
            <th scope="row">
              {name} {side === 'above' ? '>' : '<'} {unit.text(value)}
            </th>
            {chances.map(({ within, probability }) => (
              <td key={within} class="number">
                {chanceText(probability)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** No chance is told as none or all while it is not. */
function chanceText(probability: number | null): string {
  if (probability === null) return '–';
  if (probability > 0 && probability < 0.01) return '< 1 %';
  return probability < 1 && probability > 0.99 ? '> 99 %' : shareText(probability);
}
