import type { QueueValues } from './queue-address.ts';

/** Values of the flags of the queue: those given, and of the others the defaults. */
export function queueValues(given: Partial<QueueValues>): QueueValues {
  return {
    queue: '',
    'queue.password-file': '',
    'queue.tls-ca-file': '',
    'queue.tls-cert-file': '',
    'queue.tls-key-file': '',
    'queue.tls-server-name': '',
    'queue.prefix': 'presage',
    ...given,
  };
}
