import { choiceFlag } from './flags.ts';
import { LOG_FORMATS, LOG_LEVELS } from './log.ts';

/** The flags of every program that logs, to be spread into its schema. */
export const logFlags = {
  'log.level': choiceFlag(LOG_LEVELS, { help: 'Write log lines of this level and above.', default: 'info' }),
  'log.format': choiceFlag(LOG_FORMATS, { help: 'Format of the log lines, which go to standard error.', default: 'logfmt' }),
} as const;
