import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DryRunAnswer } from '../../../ml-sidecar/src/serve/answers.ts';
import { api } from '../data/api.ts';
import { emptyFields, entryOf, fieldsOf, type EntryFields } from '../data/entry.ts';
import { useSignal } from '../data/signal.ts';
import type { Page } from '../page.ts';
import { DryRunResult } from './DryRunResult.tsx';

type Outcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'fault'; readonly text: string }
  | { readonly kind: 'done'; readonly answer: DryRunAnswer };

/** Tries a watch on what Prometheus holds before it goes into the configuration. `watch` names one to start from. */
export const DryRun = ({ page, watch }: { page: Page; watch: string }): JSX.Element => {
  const { watches } = useSignal(page.live);
  const [fields, setFields] = useState<EntryFields | null>(null);
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' });
  const result = useRef<HTMLDivElement>(null);
  const known = watches.get(watch);
  const shown = fields ?? (known ? fieldsOf(known) : emptyFields);
  const run = async (): Promise<void> => {
    setOutcome({ kind: 'running' });
    try {
      setOutcome({ kind: 'done', answer: await api.dryRun(entryOf(shown)) });
    } catch (error) {
      setOutcome({ kind: 'fault', text: error instanceof Error ? error.message : String(error) });
    }
  };
  useEffect(() => {
    if (outcome.kind === 'done') result.current?.focus();
  }, [outcome]);
  return (
    <section>
      <h1>Dry run</h1>
      <p class="lead">
        Try a watch on the history that Prometheus holds. You see its forecast, how it would have done, and the lines for the configuration.
        Nothing is saved or changed.
      </p>
      <form
        class="card form"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Fields fields={shown} change={(changed) => setFields({ ...shown, ...changed })} />
        <button type="submit" class="primary" disabled={outcome.kind === 'running'}>
          {outcome.kind === 'running' ? 'Running …' : 'Run'}
        </button>
      </form>
      <div role="status">
        {outcome.kind === 'running' && <p class="weak">Reading history and fitting. This takes a few seconds, at most half a minute.</p>}
      </div>
      {outcome.kind === 'fault' && (
        <div class="fault" role="alert">
          <strong>No dry run</strong>
          <pre>{outcome.text}</pre>
        </div>
      )}
      {outcome.kind === 'done' && (
        <div ref={result} tabIndex={-1} class="result">
          <DryRunResult page={page} answer={outcome.answer} />
        </div>
      )}
    </section>
  );
};

interface FieldsProps {
  readonly fields: EntryFields;
  readonly change: (changed: Partial<EntryFields>) => void;
}

const Fields = ({ fields, change }: FieldsProps): JSX.Element => (
  <>
    <Field label="Expression" hint="PromQL. Each series that it gives is forecast and scored." wide>
      <textarea
        name="expr"
        rows={3}
        required
        spellcheck={false}
        placeholder="sum by (queue) (rabbitmq_queue_messages)"
        value={fields.expr}
        onInput={(event) => change({ expr: event.currentTarget.value })}
      />
    </Field>
    <Text name="name" label="Name" hint="Of the watch" fields={fields} change={change} />
    <Text name="step" label="Step" hint="One value each, such as 1m" fields={fields} change={change} />
    <Text name="history" label="History" hint="Learned from, such as 14d" fields={fields} change={change} />
    <Text name="horizon" label="Horizon" hint="Forecast ahead, such as 1d" fields={fields} change={change} />
    <Text name="limitValue" label="Limit" hint="The value that hurts" fields={fields} change={change} />
    <Field label="It hurts" hint="On this side of the limit">
      <select name="limitSide" value={fields.limitSide} onChange={(event) => change({ limitSide: event.currentTarget.value })}>
        <option value="above">above</option>
        <option value="below">below</option>
      </select>
    </Field>
    <Text name="limitName" label="Name of the limit" hint="Such as full" fields={fields} change={change} />
    <Text name="lower" label="Least possible" hint="Bands never go below, such as 0" fields={fields} change={change} />
    <Text name="upper" label="Most possible" hint="Bands never go above, such as 1" fields={fields} change={change} />
  </>
);

type TextName = Exclude<keyof EntryFields, 'expr' | 'limitSide'>;

const Text = ({ name, label, hint, fields, change }: FieldsProps & { name: TextName; label: string; hint: string }): JSX.Element => (
  <Field label={label} hint={hint}>
    <input
      name={name}
      value={fields[name]}
      autocomplete="off"
      spellcheck={false}
      onInput={(event) => change({ [name]: event.currentTarget.value })}
    />
  </Field>
);

const Field = ({
  label,
  hint,
  wide,
  children,
}: {
  label: string;
  hint: string;
  wide?: boolean;
  children: ComponentChildren;
}): JSX.Element => (
  <label class={wide ? 'field wide' : 'field'}>
    <span class="label">{label}</span>
    {children}
    <span class="hint">{hint}</span>
  </label>
);
