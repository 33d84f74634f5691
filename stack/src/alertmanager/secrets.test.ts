import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSecret, secretPlace, withoutSecrets } from './secrets.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'presage-secrets-'));

function placeWith(name: string, content: string | undefined): ReturnType<typeof secretPlace> {
  const file = path.join(folder, name);
  if (content !== undefined) writeFileSync(file, content);
  return secretPlace(file);
}

test('a secret is named by its file, and may come from a variable of that name', () => {
  expect(secretPlace('/etc/alertmanager/secrets/slack-url')).toEqual({
    name: 'slack-url',
    file: '/etc/alertmanager/secrets/slack-url',
    variable: 'PRESAGE_SECRET_SLACK_URL',
  });
  expect(secretPlace('/run/secrets/team.a_token').variable).toBe('PRESAGE_SECRET_TEAM_A_TOKEN');
});

test.each([
  ['from its file', 'hush', undefined, 'hush'],
  ['without the line break that echo adds', 'hush\n', undefined, 'hush'],
  ['without that of Windows', 'hush\r\n', undefined, 'hush'],
  ['with spaces inside', 'open sesame', undefined, 'open sesame'],
  ['from its variable', undefined, 'hush', 'hush'],
  ['from its file where the variable is empty', 'hush', '', 'hush'],
  ['not at all', undefined, undefined, undefined],
  ['not from an empty variable', undefined, '', undefined],
])('is read %s', (name, content, variable, wanted) => {
  const place = placeWith(name.replaceAll(' ', '-'), content);
  expect(readSecret(place, { [place.variable]: variable })).toBe(wanted);
});

test.each([
  ['given-twice', 'hush', 'hush', /^secret given-twice: got both the file .*given-twice and the variable PRESAGE_SECRET_GIVEN_TWICE/],
  ['empty', '\n', undefined, /^secret empty: the file .*empty is empty/],
  ['blank', undefined, '  ', /^secret blank: the variable PRESAGE_SECRET_BLANK is empty/],
  ['two-lines', 'hush\nhush', undefined, /^secret two-lines: the file .* has several lines/],
])('%s is refused, and the secret is not in the message', (name, content, variable, message) => {
  const place = placeWith(name, content);
  const read = (): unknown => readSecret(place, { [place.variable]: variable });
  expect(read).toThrow(message);
  expect(read).not.toThrow(/hush/);
});

test('programs that need none are not told', () => {
  expect(withoutSecrets({ PATH: '/bin', PRESAGE_SECRET_SLACK_URL: 'hush', PRESAGE_OTHER: undefined })).toEqual({ PATH: '/bin' });
});

test('a folder in its place is an error, not a missing secret', () => {
  expect(() => readSecret(secretPlace(folder), {})).toThrow(/cannot be read \(EISDIR\)/);
});
