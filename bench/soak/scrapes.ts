import { z } from 'zod';
import { services, type Scrapes, type Service } from './course.ts';

const answerSchema = z.object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) });

/** The job that Prometheus scrapes each service under. */
const jobs: Readonly<Record<Service, string>> = { sidecar: 'presage', exporter: 'node' };

/** How long the scrapes of each service took that succeeded in the last `seconds`, by what Prometheus noted of them. */
export async function scrapesOf(prometheus: string, seconds: number): Promise<Readonly<Record<Service, Scrapes>>> {
  const read = async (service: Service, quantile: number): Promise<number> => {
    const job = `{job="${jobs[service]}"}`;
    const expr = `quantile_over_time(${quantile}, (scrape_duration_seconds${job} and up${job} == 1)[${Math.floor(seconds)}s:5s])`;
    const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expr)}`);
    return Number(answerSchema.parse(await answer.json()).data.result[0]?.value[1]);
  };
  const both = async (service: Service): Promise<Scrapes> => ({ p50: await read(service, 0.5), p99: await read(service, 0.99) });
  const [sidecar, exporter] = await Promise.all(services.map(both));
  return { sidecar, exporter };
}
