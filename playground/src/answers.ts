/**
 * The questions of the page, and the engine's answers: JSON in, JSON out.
 *
 * `telemap.playground.Session` answers them; a worker or the local server passes them on. Names of fields are those of
 * the commands' JSON (docs/reference/commands.md) wherever a command has the same. Events are numbered from 1, in the
 * order of the recording; lines and columns count from 1, in code points, ends exclusive (as `validate --format json`).
 * Everything else is an index from 0. `evaluate` comes first: the other questions are about what it was given last.
 */

/** The types of a question's arguments and of its answer, by question. */
export interface Questions {
  hello: [Nothing, Hello];
  evaluate: [EvaluateArguments, Evaluation | UnknownEvents];
  trace: [TraceArguments, Trace | Unavailable];
  series: [SeriesArguments, SeriesOrigin | Unavailable];
  explain: [ExplainArguments, Explanation | Unavailable];
  cardinality: [Nothing, Cardinality | Unavailable];
  unmatched: [Nothing, Unmatched | Unavailable];
  difference: [DifferenceArguments, Difference | Unavailable];
  as_test: [Nothing, TestFile | Unavailable];
  paths: [Nothing, Paths];
  queries: [QueriesArguments, Queries | Unavailable];
  convert: [ConvertArguments, Conversion];
}

export type Question = keyof Questions;
export type ArgumentsOf<Q extends Question> = Questions[Q][0];
export type AnswerOf<Q extends Question> = Questions[Q][1];

/** How the page asks, whichever back end answers. Rejects with an Error whose message is for people. */
export type Ask = <Q extends Question>(question: Q, args: ArgumentsOf<Q>) => Promise<AnswerOf<Q>>;

export type Nothing = Record<string, never>;

/** The mapping has errors, so there is nothing to answer from; `evaluate` has its problems. */
export interface Unavailable {
  unavailable: true;
  /** This session was never asked to evaluate: the one that was is gone. Evaluate again, and repeat the question. */
  unknown_session?: true;
}

/** A number, or Prometheus's text for what JSON has no number for. */
export type Numeral = number | "NaN" | "+Inf" | "-Inf";

export type MetricType = "counter" | "gauge" | "summary" | "histogram";

// hello

export interface Hello {
  /** Of telemap, such as "1.2.0". */
  version: string;
  /** Of Python, such as "3.13.2". */
  python: string;
}

// evaluate

export interface EvaluateArguments {
  mapping: {
    /** The file's name in problems, such as "mapping.yaml"; included files are relative to it. */
    name: string;
    text: string;
  };
  events: {
    /** A number for this text; a new text has a new one. */
    revision: number;
    /** May be left out for a revision that was sent before. */
    text?: string;
  };
  /** Variables for ${env:NAME}, added to the fixed example environment (`telemap preview --env`). */
  env?: Record<string, string>;
}

/** Ask again, with the text of the events: the session does not have this revision. */
export interface UnknownEvents {
  unknown_events: true;
}

export interface Evaluation {
  problems: Problem[];
  /** Whether no problem is an error. */
  valid: boolean;
  events: Events;
  /** In the order in which they are written; null if the mapping has errors. */
  families: Family[] | null;
  /** What `telemap preview` prints: the text format; null if the mapping has errors. */
  text: string | null;
  /** What `telemap preview` reports beside it: warnings, samples skipped, limits reached. */
  notes: string[];
  /** Events that no metric saw; null if the mapping has errors. */
  dropped: { malformed: number; rule: number } | null;
  /** Events of types that no rule reads; null if the mapping has errors. */
  unmatched: number | null;
}

/** A record of `telemap validate --format json`. */
export interface Problem {
  code: string;
  severity: "error" | "warning";
  message: string;
  file: string;
  /** The location; absent for a file that could not be read. */
  line?: number;
  column?: number;
  end_line?: number;
  end_column?: number;
  help: string | null;
  related: {
    file: string;
    line: number;
    column: number;
    end_line: number;
    end_column: number;
    message: string;
  } | null;
  /** Its section of the documentation, relative to the documentation's root. */
  url: string;
}

export interface Events {
  /** Events read. */
  count: number;
  /** Begin and end of each event in the text, in UTF-16 code units. */
  ranges: [begin: number, end: number][];
  /** The first error. Bad lines are skipped, as by `telemap preview --skip-bad-lines`: the others count. */
  error: {
    message: string;
    /** The line, from 1; null if it is not about a line. */
    line: number | null;
    /** In UTF-16 code units; null if it is not about a place. */
    offset: number | null;
  } | null;
  /** How many lines were skipped. */
  bad_lines: number;
  /** The first 100 places where lines were skipped. */
  bad: { message: string; line: number | null; offset: number | null }[];
  /** Numbers of the first 1,000 that are not telemetry events. */
  malformed: number[];
  /** How many there are of each type, most frequent first; of the first 1,000 types. */
  types: Record<string, number>;
}

/** A family of `telemap preview --format json`, and where it is written. */
export interface Family {
  name: string;
  type: MetricType;
  help: string;
  label_names: string[];
  /** Samples skipped, by reason. */
  skipped: Record<string, number>;
  /** Samples beyond a limit. */
  overflowed: number;
  series: Series[];
  file: string;
  /** The line of its name. */
  line: number;
  /** The last line of its block. */
  end_line: number;
}

export interface Series {
  labels: Record<string, string>;
  /** Of counters and gauges. */
  value?: Numeral;
  /** Of summaries and histograms. */
  count?: Numeral;
  sum?: Numeral;
  /** Of histograms: cumulative counts by upper bound. */
  buckets?: Record<string, Numeral>;
}

// trace

export interface TraceArguments {
  /** Numbers of the first and the last event, at most 500; clamped to those that there are. */
  first: number;
  last: number;
}

export interface Trace {
  /** All sources, in the order in which they are written, with their counts over all events. */
  sources: Source[];
  /** Those asked for. */
  events: TracedEvent[];
}

export interface Source {
  metric: string;
  /** Number in its metric, from 1. */
  source: number;
  file: string;
  /** The first and the last line of its block; of a metric with one rule, from its name. */
  line: number;
  end_line: number;
  /** Events of the types that it reads, except dropped ones. */
  read: number;
  /** Samples. */
  made: number;
}

export type State =
  | "made" // at least one sample
  | "stopped" // a source read it, and none made a sample
  | "unread" // no source reads its type
  | "dropped" // by a rule of `drop`
  | "malformed"; // not an event

/** A stage of a source, in order; "regex" means cut off, "limit" that a series limit is reached. */
export type Stage = "from" | "parse" | "each" | "when" | "labels" | "value" | "regex" | "limit" | "made";

export interface TracedEvent {
  number: number;
  /** null for what is not a telemetry event. */
  type: string | null;
  state: State;
  /** Where sources stopped that read it and made no sample of it: index in `sources`, stage. */
  stops: [source: number, stage: Stage][];
  /** The series of which it made samples: index in `families`, index in the family's `series`. */
  made: [family: number, series: number][];
}

// series

export interface SeriesArguments {
  /** Index in `families`. */
  family: number;
  /** Index in the family's `series`. */
  series: number;
}

export interface SeriesOrigin {
  /** Numbers of the first 1,000 events that made its samples. */
  events: number[];
  /** How many events made its samples. */
  total: number;
  /** The sources that made its samples, as indexes in `sources` of `trace`. */
  sources: number[];
}

// explain

export interface ExplainArguments {
  /** The event's number. */
  number: number;
}

export interface Explanation {
  number: number;
  type: string | null;
  /** Its `time`, if it is text. */
  time: string | null;
  state: State;
  /** Why it is not a telemetry event, or that rules read other types only; empty otherwise. */
  sentences: Sentence[];
  /** Rules of `drop` that read its type, up to the one that drops it. */
  drops: ExplainedDrop[];
  /** Sources that read its type, in the order in which they are written. */
  sources: ExplainedSource[];
  /** How many sources do not read its type. */
  others: number;
}

export interface ExplainedDrop {
  /** Number in the mapping, from 1. */
  number: number;
  file: string;
  line: number;
  /** The rule as YAML. */
  text: string;
  verdict: "drops" | "passes" | "undecided";
  sentences: Sentence[];
}

export interface ExplainedSource {
  /** Index in `sources` of `trace`. */
  index: number;
  metric: string;
  source: number;
  file: string;
  line: number;
  end_line: number;
  stages: {
    stage: "from" | "parse" | "each" | "when" | "labels" | "value";
    /** "ahead": it stopped before; "unused": the source has none. */
    state: "passed" | "stopped" | "ahead" | "unused";
  }[];
  /** How many samples it made. */
  samples: number;
  /** null if it made a sample. */
  stopped_at: Stage | null;
  /** What `telemap explain` says. */
  sentences: Sentence[];
}

export interface Sentence {
  text: string;
  /** How deep it is indented below the one before it. */
  depth: number;
  /** The line of the test it is about, in the file of the source. */
  line: number | null;
}

// cardinality

/** `telemap preview --cardinality --format json`, and advice. */
export interface Cardinality {
  /** The name of the mapping. */
  mapping: string;
  series: number;
  series_limit_total: number;
  families: {
    name: string;
    type: MetricType;
    series: number;
    series_limit: number;
    lines: number;
    overflowed: number;
    /** How many series there would be without limits. */
    unlimited: { series: number; is_exact: boolean };
    labels: {
      name: string;
      values: number;
      max_values: number | null;
      series_without: number;
      examples: { value: string; series: number }[];
    }[];
  }[];
  advice: { family: string; label: string | null; text: string }[];
}

// unmatched

/** `telemap unmatched --format json`, and all of its drafts, in its order, ready to insert. */
export interface Unmatched {
  events: number;
  /** The types that are not fully read. */
  types: UnreadType[];
  /** Types that a rule of `drop` drops entirely. */
  dropped: string[];
  malformed: number;
  /** Values beyond the bounds of the survey. */
  overlooked: number;
  drafts: Draft[];
}

export interface UnreadType {
  type: string;
  events: number;
  /** Whether any rule reads events of this type. */
  read: boolean;
  /** Of a counter of its events. */
  draft: NamedYaml | null;
  /** Values that no rule reads. */
  paths: {
    path: string;
    /** The `parse` that it needs; null for a path of the event as it is. */
    parse: string | null;
    events: number;
    /** Of the events whose record can be parsed like this, from 0 to 1. */
    share: number;
    example: unknown;
    draft: NamedYaml | null;
    /** Why there is no draft. */
    reason: string | null;
  }[];
  /** Events with log text that no rule reads. */
  lines: number;
  /** The forms in which these lines recur. */
  forms: { events: number; example: string; draft: NamedYaml | null }[];
}

export interface NamedYaml {
  name: string;
  yaml: string;
}

export interface Draft {
  /** The name of the metric. */
  name: string;
  /** The event type. */
  type: string;
  /** What it counts, such as `in 3 of 6 events (50%), such as "INVOKE"`. */
  about: string;
  /** YAML to insert below `metrics:`, with a line end, indented by two spaces. */
  block: string;
  /** Whether the mapping has a metric of this name. */
  exists: boolean;
}

// difference

export interface DifferenceArguments {
  /** The text of the pinned mapping. */
  before: string;
}

/** `telemap preview --diff --format json`, from the pinned mapping to this one. */
export interface Difference {
  before: string;
  after: string;
  differs: boolean;
  families: {
    name: string;
    before: FamilyShape | null;
    after: FamilyShape | null;
    counts: { gone: number; new: number; changed: number; same: number };
    series: {
      labels: Record<string, string>;
      before: Omit<Series, "labels"> | null;
      after: Omit<Series, "labels"> | null;
    }[];
  }[];
}

export interface FamilyShape {
  name: string;
  type: MetricType;
  help: string;
  label_names: string[];
}

// as_test

export interface TestFile {
  /** "NAME.test.yaml". */
  name: string;
  text: string;
  /** How many events it has: of more than 100, the first that made each metric, and the first of each other outcome. */
  events: number;
  /** How many of those a test cannot have, such as what is not an event. */
  left_out: number;
}

// paths

export interface Paths {
  /** By event type, most frequent first; each with its paths, most frequent first. */
  types: Record<string, EventPath[]>;
}

export interface EventPath {
  /** As a mapping writes it, such as "$.record.metrics.durationMs". */
  path: string;
  /** The `parse` that it needs; null for a path of the event as it is. */
  form: string | null;
  /** One of its values, as JSON, shortened. */
  example: string;
  /** Objects only where their keys are values rather than names, as ids are. */
  kind: "text" | "number" | "boolean" | "object" | "array" | "mixed";
  /** In how many of the first 2,000 events it is. */
  events: number;
}

// queries

/** The words of `telemap rules --delivery`. */
export type Delivery = "gateway" | "remote-write" | "victoria-metrics";

export interface QueriesArguments {
  delivery: Delivery;
}

export interface Queries {
  families: {
    name: string;
    queries: {
      /** Such as "per minute, by currency". */
      title: string;
      expr: string;
    }[];
  }[];
}

// convert

export interface ConvertArguments {
  text: string;
}

export interface Conversion {
  /** One event as JSON a line; null if the text is a recording already, or nothing known. */
  text: string | null;
  /** What was converted, such as "400 lines of a CloudWatch log"; null if nothing was. */
  note: string | null;
}
