/**
 * Numbers that are counted for Prometheus, and its text format. Our own, because a server at rest counts too, and a library with everything
 * Prometheus can do is 2 MiB of it.
 *
 * Source: prometheus.io/docs/instrumenting/exposition_formats, text format 0.0.4.
 */

/** A value for each of a metric's labels. */
type Labels<Name extends string> = Readonly<Record<Name, string>>;

export interface Definition<Name extends string> {
  readonly name: string;
  readonly help: string;
  /** In the order they are shown in. Without labels there is one series, and it is there from the start. */
  readonly labels: readonly Name[];
}

abstract class Family<Name extends string, Value> {
  /** By what stands between the braces. */
  protected readonly series = new Map<string, Value>();
  /** The labels asked for last, and their series: mostly the next ones are the same. */
  private last: { readonly labels: Labels<Name>; readonly series: string } | null = null;

  constructor(
    protected readonly definition: Definition<Name>,
    private readonly type: "counter" | "gauge" | "histogram",
  ) {}

  text(): string {
    const { name, help } = this.definition;
    return `# HELP ${name} ${help}\n# TYPE ${name} ${this.type}\n${this.samples()}`;
  }

  protected abstract samples(): string;

  protected seriesOf(labels: Labels<Name>): string {
    const names = this.definition.labels;
    const { last } = this;
    if (last !== null && names.every((name) => last.labels[name] === labels[name])) return last.series;
    const series = names.map((name) => `${name}="${escaped(labels[name])}"`).join(",");
    this.last = { labels, series };
    return series;
  }
}

function escaped(value: string): string {
  return /[\\"\n]/.test(value) ? value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n") : value;
}

function sample(name: string, labels: string, value: number): string {
  return `${name}${labels === "" ? "" : `{${labels}}`} ${value}\n`;
}

abstract class Plain<Name extends string> extends Family<Name, number> {
  constructor(definition: Definition<Name>, type: "counter" | "gauge") {
    super(definition, type);
    if (definition.labels.length === 0) this.series.set("", 0);
  }

  protected samples(): string {
    return [...this.series].map(([labels, value]) => sample(this.definition.name, labels, value)).join("");
  }
}

/** Only grows. */
export class Counter<Name extends string> extends Plain<Name> {
  constructor(definition: Definition<Name>) {
    super(definition, "counter");
  }

  inc(labels: Labels<Name>, by = 1): void {
    const series = this.seriesOf(labels);
    this.series.set(series, (this.series.get(series) ?? 0) + by);
  }
}

/** As it is now. */
export class Gauge<Name extends string> extends Plain<Name> {
  constructor(definition: Definition<Name>) {
    super(definition, "gauge");
  }

  set(labels: Labels<Name>, value: number): void {
    this.series.set(this.seriesOf(labels), value);
  }

  /** Forgets every series. */
  reset(): void {
    this.series.clear();
  }
}

interface Spread {
  /** How many fell into each bucket, and after the last one how many into none. */
  readonly counts: number[];
  sum: number;
}

/** How values are spread over buckets. */
export class Histogram<Name extends string> extends Family<Name, Spread> {
  /** @param buckets the highest value of each, ascending */
  constructor(
    definition: Definition<Name>,
    private readonly buckets: readonly number[],
  ) {
    super(definition, "histogram");
  }

  observe(labels: Labels<Name>, value: number): void {
    const series = this.seriesOf(labels);
    let spread = this.series.get(series);
    if (spread === undefined) {
      spread = { counts: Array.from({ length: this.buckets.length + 1 }, () => 0), sum: 0 };
      this.series.set(series, spread);
    }
    const bucket = this.buckets.findIndex((highest) => value <= highest);
    const at = bucket === -1 ? this.buckets.length : bucket;
    spread.counts[at] = (spread.counts[at] ?? 0) + 1;
    spread.sum += value;
  }

  protected samples(): string {
    const { name } = this.definition;
    let text = "";
    for (const [labels, { counts, sum }] of this.series) {
      const rest = labels === "" ? "" : `,${labels}`;
      let sofar = 0;
      // A bucket counts all that is not above it, so each holds those before it.
      for (const [at, count] of counts.entries()) {
        sofar += count;
        text += sample(`${name}_bucket`, `le="${this.buckets[at] ?? "+Inf"}"${rest}`, sofar);
      }
      text += sample(`${name}_sum`, labels, sum) + sample(`${name}_count`, labels, sofar);
    }
    return text;
  }
}
