import type { ComponentChildren, JSX } from 'preact';

interface Props {
  readonly title: string;
  readonly lines: readonly string[];
  readonly children?: ComponentChildren;
}

/** What stands in place of something that is not there, in words. */
export const Message = ({ title, lines, children }: Props): JSX.Element => (
  <div class="message" role="status">
    <strong>{title}</strong>
    {lines.map((line) => (
      <p key={line}>{line}</p>
    ))}
    {children}
  </div>
);
