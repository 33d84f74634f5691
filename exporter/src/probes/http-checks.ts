import type { Answer } from './http-exchange.ts';
import type { Body } from './http-body.ts';
import type { HttpModule } from './module-keys.ts';
import type { ProbeContext } from './prober.ts';

/** Whether the status is one that the module takes: those listed, or 2xx. */
export function statusFits({ status }: Answer, { valid_status_codes: valid }: HttpModule, { log }: ProbeContext): boolean {
  const fits = valid.length === 0 ? status >= 200 && status < 300 : valid.includes(status);
  if (!fits) log.debug('status code does not fit', { status, wanted: valid.length === 0 ? '2xx' : valid.join(' ') });
  return fits;
}

/** Whether the HTTP version is one that the module takes: those listed, as "HTTP/1.1", or any. */
export function versionFits({ version }: Answer, { valid_http_versions: valid }: HttpModule, { log }: ProbeContext): boolean {
  const fits = valid.length === 0 || valid.includes(`HTTP/${version}`);
  if (!fits) log.debug('HTTP version does not fit', { version: `HTTP/${version}`, wanted: valid.join(' ') });
  return fits;
}

/** Whether the headers are as the module's expressions want. A header that must be looked at and is missing is a failure. */
export function headersFit({ headers }: Answer, settings: HttpModule, { log }: ProbeContext): boolean {
  const valuesOf = (name: string) => headers.get(name.toLowerCase()) ?? [];
  const unwanted = settings.fail_if_header_matches.find(({ header, regexp, allow_missing }) => {
    const values = valuesOf(header);
    return values.length === 0 ? !allow_missing : values.some((value) => regexp.test(value));
  });
  const missed = settings.fail_if_header_not_matches.find(({ header, regexp, allow_missing }) => {
    const values = valuesOf(header);
    return values.length === 0 ? !allow_missing : !values.some((value) => regexp.test(value));
  });
  const fault = unwanted ?? missed;
  if (fault !== undefined) {
    const values = valuesOf(fault.header).length;
    log.debug(unwanted === undefined ? 'header is missing or does not match' : 'header is missing or matches', {
      header: fault.header,
      regexp: fault.regexp.source,
      values,
    });
  }
  return fault === undefined;
}

/** Whether the body is as the module's expressions want. */
export function bodyFits({ text }: Body, settings: HttpModule, { log }: ProbeContext): boolean {
  const unwanted = settings.fail_if_body_matches_regexp.find((expression) => expression.test(text));
  const missed = settings.fail_if_body_not_matches_regexp.find((expression) => !expression.test(text));
  if (unwanted !== undefined) log.debug('body matches', { regexp: unwanted.source });
  else if (missed !== undefined) log.debug('body does not match', { regexp: missed.source });
  return unwanted === undefined && missed === undefined;
}
