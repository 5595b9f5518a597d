import { parser } from '@prometheus-io/lezer-promql';

/** What metrics are called that the service exports itself, or through prom-client. */
const METRIC = /\b(?:mcp_registry|nodejs|process)_[a-z0-9_]+\b/g;
const OF_HISTOGRAM = /_(?:bucket|count|sum)$/;

/** The families of a text that Prometheus would read. */
export function familiesIn(metrics: string): Set<string> {
  return new Set([...metrics.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name));
}

/** The families a text speaks of; of histograms it may name the parts. */
export function familiesNamedIn(text: string, known: ReadonlySet<string>): Set<string> {
  return new Set(
    [...text.matchAll(METRIC)].map(([name]) => {
      const family = name.replace(OF_HISTOGRAM, '');
      return known.has(name) || !known.has(family) ? name : family;
    }),
  );
}

/** The figure of a series, named as the text has it; undefined when there is none. */
export function figureOf(series: string, metrics: string): number | undefined {
  const line = metrics.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

/** Whether Prometheus could evaluate it; variables of Grafana are what they stand for. */
export function isPromql(expression: string): boolean {
  let isWhole = true;
  parser.parse(expression.replaceAll('$__rate_interval', '5m')).iterate({
    enter: ({ type }) => {
      if (type.isError) isWhole = false;
    },
  });
  return isWhole;
}
