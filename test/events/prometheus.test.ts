import { expect, test } from "bun:test";
import fc from "fast-check";
import { Counter, Gauge, Histogram } from "../../src/events/prometheus.ts";

test("a counter without labels is there before anything was counted, one with labels is not", () => {
  const plain = new Counter({ name: "a_total", help: "What.", labels: [] });
  expect(plain.text()).toBe("# HELP a_total What.\n# TYPE a_total counter\na_total 0\n");
  plain.inc({});
  plain.inc({}, 2.5);
  expect(plain.text()).toEndWith("\na_total 3.5\n");
  const labelled = new Counter({ name: "b_total", help: "What.", labels: ["x", "y"] });
  expect(labelled.text()).toBe("# HELP b_total What.\n# TYPE b_total counter\n");
  labelled.inc({ y: "2", x: "1" });
  labelled.inc({ x: "1", y: "3" });
  labelled.inc({ x: "1", y: "2" });
  expect(labelled.text()).toEndWith('\nb_total{x="1",y="2"} 2\nb_total{x="1",y="3"} 1\n');
});

test("what stands in a label cannot end it", () => {
  const counter = new Counter({ name: "a_total", help: "What.", labels: ["x"] });
  counter.inc({ x: 'a"b\\c\nd' });
  expect(counter.text()).toEndWith('\na_total{x="a\\"b\\\\c\\nd"} 1\n');
});

test("a gauge tells the last value, and forgets those that are not set again", () => {
  const gauge = new Gauge({ name: "g", help: "What.", labels: ["x"] });
  gauge.set({ x: "1" }, 4);
  gauge.set({ x: "1" }, -1.5);
  expect(gauge.text()).toBe('# HELP g What.\n# TYPE g gauge\ng{x="1"} -1.5\n');
  gauge.reset();
  expect(gauge.text()).toBe("# HELP g What.\n# TYPE g gauge\n");
});

test("each bucket of a histogram counts what is not above it", () => {
  const histogram = new Histogram({ name: "h", help: "What.", labels: ["x"] }, [0.5, 2]);
  for (const value of [0.5, 1, 2, 2.5]) histogram.observe({ x: "1" }, value);
  expect(histogram.text()).toBe(
    [
      "# HELP h What.",
      "# TYPE h histogram",
      'h_bucket{le="0.5",x="1"} 1',
      'h_bucket{le="2",x="1"} 3',
      'h_bucket{le="+Inf",x="1"} 4',
      'h_sum{x="1"} 6',
      'h_count{x="1"} 4',
      "",
    ].join("\n"),
  );
});

test("whatever is observed, the last bucket holds all of it", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 50 })), (values) => {
      const histogram = new Histogram({ name: "h", help: "What.", labels: [] }, [0, 10, 20]);
      for (const value of values) histogram.observe({}, value);
      const found = [...histogram.text().matchAll(/^h_(?:bucket\{le="(.+)"\}|sum|count) (.+)$/gm)];
      const sum = values.reduce((a, b) => a + b, 0);
      const below = [0, 10, 20, Infinity].map((most) => values.filter((value) => value <= most).length);
      // Nothing observed, nothing told.
      const told = values.length === 0 ? [] : [...below, sum, values.length];
      expect(found.map(([, , value]) => Number(value))).toEqual(told);
    }),
  );
});
