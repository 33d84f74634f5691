/** The integrations that alertmanager.yml shows as comments: `pagerduty_configs`. */
export function exampleNames(text: string): readonly string[] {
  return [...text.matchAll(/^ +# (\w+_configs):$/gm)].map(([, name]) => name);
}

/** The text with one example uncommented: its heading, and the lines after it that are indented further. */
export function uncomment(text: string, name: string): string {
  const block = new RegExp(`^ +# ${name}:\\n(?: +# {3}.*\\n)+`, 'm');
  return text.replace(block, (lines) => lines.replaceAll(/^( +)# /gm, '$1'));
}
