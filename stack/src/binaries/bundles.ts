import type { DebianBundle } from './debian.ts';

/** Debian's Prometheus; its web pages need libraries that it finds beside itself only when they are unpacked together. */
export const prometheusBundle: DebianBundle = {
  name: 'prometheus',
  packages: ['prometheus'],
  alongside: [
    'fonts-glyphicons-halflings',
    'libjs-bootstrap',
    'libjs-bootstrap4',
    'libjs-d3',
    'libjs-eonasdan-bootstrap-datetimepicker',
    'libjs-jquery',
    'libjs-jquery-hotkeys',
    'libjs-moment',
    'libjs-moment-timezone',
    'libjs-mustache',
    'libjs-popper.js',
    'libjs-rickshaw',
  ],
};

/** One program that needs nothing but the C library. */
export const alertmanagerBundle: DebianBundle = { name: 'alertmanager', packages: ['prometheus-alertmanager'], alongside: [] };

/** Programs that only tests and benchmarks start, by the name of the program. */
export const testBundles = {
  'redis-server': { name: 'redis', packages: ['redis-server', 'redis-tools'] },
  'prometheus-node-exporter': { name: 'node-exporter', packages: ['prometheus-node-exporter'] },
  'prometheus-blackbox-exporter': { name: 'blackbox-exporter', packages: ['prometheus-blackbox-exporter'] },
  kcat: { name: 'kcat', packages: ['kcat'] },
  'victoria-metrics': { name: 'victoria-metrics', packages: ['victoria-metrics'] },
} as const satisfies Readonly<Record<string, DebianBundle>>;

export type TestProgram = keyof typeof testBundles;

/** Whether a name is that of a program in `testBundles`. */
export function isTestProgram(name: string): name is TestProgram {
  return Object.hasOwn(testBundles, name);
}
