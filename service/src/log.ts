import { inspect } from 'node:util';
import { HIDDEN, Secret, hideUrlPasswords } from './secret.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export const LOG_FORMATS = ['logfmt', 'json'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What may stand beside a message. Errors print their message and the messages of their causes; secrets print `<secret>`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes a line per call, in Prometheus' order: ts, level, msg, then the fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same logger with fields on every line, for one component: `log.with({ component: 'probe' })`. */
  with(fields: LogFields): Logger;
}

/** What a logger needs: the lowest level it writes, the format, where complete lines go, and the clock. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}

/** Fields with such names hide their value, whoever logs them. */
const SECRET_NAME = /passw|secret|token|authorization|cookie|api_?key|private_?key|credential/i;

/** A logger that writes to the given sink. It never throws for a value it cannot print. */
export function createLogger(options: LoggerOptions): Logger {
  return withFields(options, {});
}

/** A logger that says nothing, for callers that have no log. */
export const silentLogger: Logger = createLogger({ level: 'error', format: 'logfmt', write: () => {} });

function withFields(options: LoggerOptions, own: LogFields): Logger {
  const lowest = LOG_LEVELS.indexOf(options.level);
  const now = options.now ?? (() => new Date());
  const at = (level: LogLevel) => {
    if (LOG_LEVELS.indexOf(level) < lowest) return () => {};
    return (message: string, fields: LogFields = {}) => {
      const entries: [string, string | number | boolean][] = [
        ['ts', now().toISOString()],
        ['level', level],
        ['msg', hideUrlPasswords(message)],
      ];
      for (const [name, value] of Object.entries({ ...own, ...fields })) {
        if (value !== undefined) entries.push([name, SECRET_NAME.test(name) ? HIDDEN : printable(value)]);
      }
      options.write(options.format === 'json' ? `${JSON.stringify(Object.fromEntries(entries))}\n` : logfmtLine(entries));
    };
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (more) => withFields(options, { ...own, ...more }),
  };
}

function logfmtLine(entries: readonly (readonly [string, string | number | boolean])[]): string {
  return `${entries.map(([name, value]) => `${logfmtName(name)}=${logfmtValue(value)}`).join(' ')}\n`;
}

/** A logfmt key ends at a space, `=`, `"` or a control character, so those become `_`. */
function logfmtName(name: string): string {
  return name.replace(/[\s="\p{Cc}]/gu, '_');
}

function logfmtValue(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return /^[^\s="\\\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value);
}

function printable(value: unknown): string | number | boolean {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return hideUrlPasswords(value);
  if (value instanceof Error) return hideUrlPasswords(errorText(value));
  if (value instanceof Secret) return HIDDEN;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  try {
    return hideUrlPasswords(JSON.stringify(value, hideNamed) ?? String(value));
  } catch {
    return '<unprintable>';
  }
}

function hideNamed(name: string, value: unknown): unknown {
  if (SECRET_NAME.test(name)) return HIDDEN;
  return typeof value === 'bigint' ? String(value) : value;
}

/** An error's message (of one of OpenSSL's, its reason) followed by those of its causes, at most eight deep because a chain may be a ring. */
export function errorText(error: unknown): string {
  const messages: string[] = [];
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 8; depth += 1) {
    messages.push(at instanceof Error ? reasonOf(at) || at.message || at.name : typeof at === 'string' ? at : inspect(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return messages.join(': ');
}

/** OpenSSL's messages are lines of addresses and source files, in which the reason stands somewhere. */
function reasonOf(error: Error): string {
  return 'library' in error && 'reason' in error && typeof error.reason === 'string' ? error.reason : '';
}
