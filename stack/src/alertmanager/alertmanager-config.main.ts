import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writePrivateFile } from './private-file.ts';
import { renderAlertmanager, type RenderedAlertmanager } from './render.ts';

const usage = `usage: node alertmanager-config.js --output.file FILE [flags]

Puts the secrets of Alertmanager's configuration in their places and writes it to a file that its owner alone may read.
A secret that the configuration names as the file /etc/alertmanager/secrets/NAME is read from NAME in the folder of the secrets,
or else from the environment variable PRESAGE_SECRET_NAME (in capitals, with _ for -). One that is missing is an error.

  --output.file FILE         where Alertmanager will read it
  --config.file FILE         the configuration, with /etc/alertmanager/ standing for its own folder (/etc/alertmanager/alertmanager.yml)
  --secrets.path DIR         folder of the secrets (secrets, beside the configuration)
  --missing-secrets WHAT     error, or leave-out: go on without the integrations that lack a secret, and say which (error)
  --help`;

function main(): number {
  const { values } = parseArgs({
    options: {
      'output.file': { type: 'string' },
      'config.file': { type: 'string', default: '/etc/alertmanager/alertmanager.yml' },
      'secrets.path': { type: 'string' },
      'missing-secrets': { type: 'string', default: 'error' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const { 'output.file': output, 'config.file': file, 'missing-secrets': missing } = values;
  if (output === undefined) throw new Error('--output.file: got none, want the file to write');
  if (missing !== 'error' && missing !== 'leave-out')
    throw new Error(`--missing-secrets: got ${JSON.stringify(missing)}, want error or leave-out`);
  const folder = path.resolve(path.dirname(file));
  const secrets = path.resolve(values['secrets.path'] ?? path.join(folder, 'secrets'));
  const rendered = renderAlertmanager(readFileSync(file, 'utf8'), file, {
    replacements: { '/etc/alertmanager/': withSlash(folder), '/etc/alertmanager/secrets/': withSlash(secrets) },
    environment: process.env,
    missing: missing === 'error' ? 'refuse' : 'leave out',
  });
  writePrivateFile(output, rendered.text);
  tell(rendered, output);
  return 0;
}

const withSlash = (folder: string): string => (folder.endsWith('/') ? folder : `${folder}/`);

function tell({ kept, leftOut }: RenderedAlertmanager, output: string): void {
  console.log(`wrote ${output}: ${kept.length === 0 ? 'no integration' : kept.join(', ')}`);
  for (const { receiver, integration, secret } of leftOut)
    console.log(`left out ${receiver}/${integration}: there is neither ${secret.file} nor ${secret.variable}`);
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(`alertmanager-config: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
