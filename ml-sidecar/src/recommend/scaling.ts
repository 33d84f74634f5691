/** How a service is scaled. Spans in steps of the demand. */
export interface ScalingOptions {
  /** Seconds between two values of the demand. */
  readonly step: number;
  /** Demand that one replica serves when it is used wholly. */
  readonly perReplica: number;
  /** Share of a replica that is to be used. */
  readonly target: number;
  /** Steps from the decision to a replica that serves. */
  readonly startUp: number;
  /** Steps for which the highest wish must have been lower before replicas are given up. */
  readonly cooldown: number;
  readonly least: number;
  readonly most: number;
  /** A wish within this share of what there is changes nothing. */
  readonly tolerance: number;
}

/** What a way of scaling costs, and what it leaves unserved. */
export interface ScalingOutcome {
  readonly name: string;
  /** Replicas that were paid for, starting ones included, times hours. */
  readonly replicaHours: number;
  /** Steps in which the demand was more than the ready replicas serve. */
  readonly violations: number;
  /** Share of the demand that was not served. */
  readonly unserved: number;
  readonly highest: number;
  /** Times at which replicas were added or taken away. */
  readonly changes: number;
  /** Ready replicas at each step. */
  readonly ready: Int32Array;
}

/**
 * Runs a service through a demand as the autoscaler of Kubernetes would: at each step it is told the demand to be ready for, asks
 * for so many replicas that each is used by the target share, gets new ones after the start-up time, and gives replicas up only
 * when the highest wish of the cool-down is lower (algorithm of the HorizontalPodAutoscaler, Kubernetes documentation).
 * `wishes[i]` may use nothing of the demand after step i; NaN keeps what there is.
 */
export function simulate(name: string, demand: Float64Array, wishes: Float64Array, options: ScalingOptions): ScalingOutcome {
  const { perReplica, target, startUp, cooldown, least, most, tolerance, step } = options;
  const replicasFor = (load: number): number => Math.max(least, Math.min(most, Math.ceil(load / (perReplica * target) - 1e-9)));
  const wished = new Int32Array(demand.length);
  const asked = new Int32Array(demand.length);
  const ready = new Int32Array(demand.length);
  let now = replicasFor(wishes.find((wish) => !Number.isNaN(wish)) ?? 0);
  let [replicas, violations, missing, total, changes] = [0, 0, 0, 0, 0];
  for (let i = 0; i < demand.length; i++) {
    const use = wishes[i] / (now * perReplica * target);
    wished[i] = Number.isNaN(use) || Math.abs(use - 1) <= tolerance ? now : replicasFor(wishes[i]);
    const next = wished[i] > now ? wished[i] : Math.min(now, Math.max(...wished.subarray(Math.max(0, i - cooldown), i + 1)));
    if (next !== now) changes++;
    now = asked[i] = next;
    // What has been asked for during a whole start-up time serves; at the beginning all serve.
    ready[i] = Math.min(...asked.subarray(Math.max(0, i - startUp), i + 1));
    replicas += now;
    if (Number.isNaN(demand[i])) continue;
    const lacking = Math.max(0, demand[i] - ready[i] * perReplica);
    if (lacking > 0) violations++;
    missing += lacking;
    total += demand[i];
  }
  return {
    name,
    replicaHours: (replicas * step) / 3600,
    violations,
    unserved: total > 0 ? missing / total : 0,
    highest: asked.reduce((most, one) => Math.max(most, one), 0),
    changes,
    ready,
  };
}
