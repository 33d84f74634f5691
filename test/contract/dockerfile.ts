/** One stage of a Dockerfile. */
export interface Stage {
  readonly name: string;
  readonly image: string;
  /** What it copies from other stages: where from, where to. */
  readonly copies: readonly { readonly stage: string; readonly from: string; readonly to: string }[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/** The stages of a Dockerfile whose instructions stand on a line each, as far as tests need them. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { -readonly [K in keyof Stage]: Stage[K] }[] = [];
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    const [, image, name] = /^FROM (?:--\S+ )*(\S+) AS (\S+)$/.exec(line) ?? [];
    if (name !== undefined) stages.push({ name, image, copies: [], entrypoint: [], command: [] });
    const stage = stages.at(-1);
    if (stage === undefined) continue;
    const [, source, from, to] = /^COPY (?:--chown=\S+ )?--from=(\S+)(?: --chown=\S+)? (\S+) (\S+)$/.exec(line) ?? [];
    if (to !== undefined) stage.copies = [...stage.copies, { stage: source, from, to }];
    const [, instruction, words] = /^(ENTRYPOINT|CMD) (\[.*\])$/.exec(line) ?? [];
    if (instruction === 'ENTRYPOINT') stage.entrypoint = JSON.parse(words);
    if (instruction === 'CMD') stage.command = JSON.parse(words);
  }
  return stages;
}
