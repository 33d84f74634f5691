import {
  type Decoder,
  decodeYaml,
  dictionary,
  type Faults,
  list,
  mapping,
  type Path,
  scalar,
  shown,
  text,
} from '@presage/service/decode.ts';
import { GO_DURATION_WISH, parseDuration, parseGoDuration } from '@presage/service/duration.ts';
import { nearest } from '@presage/service/nearest.ts';
import { parseRecordClass, parseRecordType, parseResponseCode } from './dns-numbers.ts';
import { type DnsModule, type HttpModule, type IcmpModule, probeKeys, type TcpModule } from './module-keys.ts';

/** One module of a configuration file: what to probe and when the target is well. Timeout in seconds; 0 is none of its own. */
export type Module =
  | { readonly prober: 'http'; readonly timeout: number; readonly settings: HttpModule }
  | { readonly prober: 'tcp'; readonly timeout: number; readonly settings: TcpModule }
  | { readonly prober: 'icmp'; readonly timeout: number; readonly settings: IcmpModule }
  | { readonly prober: 'dns'; readonly timeout: number; readonly settings: DnsModule }
  | { readonly prober: 'grpc'; readonly timeout: number };

/** A target of this host's own, probed again and again and shown within /metrics. */
export interface StaticProbe {
  readonly name: string;
  readonly target: string;
  readonly module: string;
  /** Seconds between two probes. */
  readonly interval: number;
}

export interface ProbeConfig {
  readonly modules: ReadonlyMap<string, Module>;
  readonly probes: readonly StaticProbe[];
}

/** What probes use where no module is given: a module for each prober that needs no settings, named as in blackbox_exporter's own file. */
const DEFAULT_MODULES: Readonly<Record<string, object>> = {
  http_2xx: { prober: 'http' },
  http_post_2xx: { prober: 'http', http: { method: 'POST' } },
  tcp_connect: { prober: 'tcp' },
  icmp: { prober: 'icmp' },
};

/**
 * Reads a modules file: blackbox_exporter's blackbox.yml, and `probes:` for static targets. Throws ConfigurationError with every
 * fault. Modules of the grpc prober are taken, so that a file in use loads, but not probed.
 */
export function parseProbeConfig(yaml: string, fileName: string): ProbeConfig {
  return decodeYaml(yaml, fileName, probeConfig);
}

/** The same from a file in which flags stand too: other keys than modules and probes are not looked at. */
export function parseProbesAmongFlags(yaml: string, fileName: string): ProbeConfig {
  return decodeYaml(yaml, fileName, {
    decode: (value, path, faults) => {
      const own = Object.entries(value ?? {}).filter(([key]) => key === 'modules' || key === 'probes');
      return probeConfig.decode(Object.fromEntries(own), path, faults);
    },
  });
}

const duration = (fallback: number) =>
  scalar(fallback, GO_DURATION_WISH, (value) => {
    if (value === 0) return 0;
    const seconds = typeof value === 'string' ? (parseGoDuration(value) ?? parseDuration(value)) : undefined;
    return seconds !== undefined && seconds >= 0 ? seconds : undefined;
  });

const PROBERS = ['http', 'tcp', 'icmp', 'dns', 'grpc'] as const;

const prober: Decoder<(typeof PROBERS)[number]> = {
  decode: (value, path, faults) => {
    const known = PROBERS.find((name) => name === value);
    if (known === undefined) faults.add(path, value === undefined ? 'nothing' : shown(value), `one of ${PROBERS.join(', ')}`);
    return known ?? 'icmp';
  },
};

const anything: Decoder<undefined> = { decode: () => undefined };

const moduleKeys = mapping({ prober, timeout: duration(0), ...probeKeys, grpc: anything });

const moduleDecoder: Decoder<Module> = {
  decode: (value, path, faults) => {
    const { prober: name, timeout, ...parts } = moduleKeys.decode(value, path, faults);
    if (name === 'dns') judgeDnsNames(parts.dns, [...path, 'dns'], faults);
    if (name === 'http') return { prober: name, timeout, settings: parts.http };
    if (name === 'tcp') return { prober: name, timeout, settings: parts.tcp };
    if (name === 'icmp') return { prober: name, timeout, settings: parts.icmp };
    return name === 'dns' ? { prober: name, timeout, settings: parts.dns } : { prober: name, timeout };
  },
};

function judgeDnsNames(dns: DnsModule, path: Path, faults: Faults): void {
  if (dns.query_name === '') faults.add([...path, 'query_name'], 'nothing', 'a name to ask for');
  if (parseRecordType(dns.query_type) === undefined)
    faults.add([...path, 'query_type'], shown(dns.query_type), 'a record type such as A or SOA');
  if (parseRecordClass(dns.query_class) === undefined) faults.add([...path, 'query_class'], shown(dns.query_class), 'a class such as IN');
  dns.valid_rcodes.forEach((code, index) => {
    if (parseResponseCode(code) === undefined)
      faults.add([...path, 'valid_rcodes', index], shown(code), 'a response code such as NXDOMAIN');
  });
}

const probeDecoder = mapping({
  name: text(),
  target: text(),
  module: text({ default: 'http_2xx' }),
  interval: duration(15),
});

function builtInModules(): ReadonlyMap<string, Module> {
  const sound = {
    add: (path: Path) => {
      throw new Error(`built-in module ${path.join('.')}: not sound`);
    },
  };
  return dictionary(moduleDecoder).decode(DEFAULT_MODULES, [], sound);
}

/** The configuration without any file: the built-in modules and no static probes. */
export function builtInProbeConfig(): ProbeConfig {
  return { modules: builtInModules(), probes: [] };
}

const probeConfig: Decoder<ProbeConfig> = {
  decode: (value, path, faults) => {
    const keys = { modules: dictionary(moduleDecoder), probes: list(probeDecoder) };
    const { modules: own, probes } = mapping(keys).decode(value, path, faults);
    const modules = own.size > 0 ? own : builtInModules();
    const names = new Set<string>();
    const complete = probes.map((probe, index) => {
      const at = [...path, 'probes', index];
      const name = probe.name === '' ? probe.target : probe.name;
      if (probe.target === '') faults.add([...at, 'target'], 'nothing', 'the address to probe');
      if (names.has(name)) faults.add([...at, 'name'], shown(name), 'a name that no other probe has');
      if (probe.interval < 1) faults.add([...at, 'interval'], `${probe.interval}s`, 'at least 1s');
      if (!modules.has(probe.module)) {
        const guess = nearest(probe.module, modules.keys());
        faults.add([...at, 'module'], shown(probe.module), `one of modules${guess === undefined ? '' : `, perhaps ${guess}`}`);
      }
      names.add(name);
      return { ...probe, name };
    });
    return { modules, probes: complete };
  },
};
