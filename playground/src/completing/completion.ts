/** Completion and hover texts of the mapping: keys and words from the schema, event types and JSON paths from the events beside it. */
import { autocompletion, completionKeymap, type Completion, type CompletionContext, type CompletionResult, snippetCompletion } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { hoverTooltip, keymap } from "@codemirror/view";
import type { AnswerOf, ArgumentsOf, Paths, Question, Unavailable } from "../answers";
import { el } from "../look/dom";
import type { Bench } from "../state/model";
import { placeAt, type Place } from "../text/yaml_place";
import type { Path } from "../text/yaml_tokens";
import { pathsFor, ruleAt } from "./event_paths";
import { choicesAt, descriptionAt, examplesAt, isNested, keysAt, nodesAt, takesPath } from "./schema";

type About = <Q extends Question>(question: Q, args: ArgumentsOf<Q>) => Promise<Exclude<AnswerOf<Q>, Unavailable> | null>;

/** Writes a snippet of the schema as YAML of a block, with a tab for each level: CodeMirror replaces it by the indentation of the text. */
function yamlOf(body: unknown, indent: string): string {
  if (typeof body !== "object" || body === null) return String(body);
  if (Array.isArray(body)) return body.map((item) => `\n${indent}- ${yamlOf(item, `${indent}  `).trimStart()}`).join("");
  return Object.entries(body)
    .map(([key, value]) => {
      const text = yamlOf(value, `${indent}\t`);
      return `\n${indent}${key}:${text.startsWith("\n") ? "" : " "}${text}`;
    })
    .join("");
}

function snippets(path: Path, place: Place): Completion[] {
  if (place.isFlow || place.siblings.size > 0) return [];
  return nodesAt(path)
    .flatMap((node) => node.defaultSnippets ?? [])
    .filter(({ body }) => typeof body === "object" && !Array.isArray(body))
    .map(({ label, body }) => snippetCompletion(yamlOf(body, "").replace(/^\n/, "").replace(/\\\\?\$/g, "\\$"), { label: `… ${label}`, type: "text", boost: -5 }));
}

function keyCompletions(place: Place): Completion[] {
  return keysAt(place.path)
    .filter((key) => !place.siblings.has(key))
    .map((key, index): Completion => {
      const path = [...place.path, key];
      const nested = isNested(path) && !place.isFlow && nodesAt(path)[0]?.type !== "array";
      const description = descriptionAt(path);
      return { label: key, type: "property", apply: nested ? `${key}:` : `${key}: `, boost: 20 - index / 4, ...(description === null ? {} : { info: description, detail: short(description) }) };
    });
}

function short(text: string): string {
  const first = text.split(/[.;:](?:\s|$)/)[0]!;
  return first.length > 46 ? `${first.slice(0, 45)}…` : first;
}

function wordCompletions(path: Path): Completion[] {
  const choices = choicesAt(path).map(({ value, description }): Completion => ({ label: value, type: "enum", ...(description === null ? {} : { info: description, detail: short(description) }) }));
  if (choices.length > 0) return choices;
  return examplesAt(path).filter((one) => !one.startsWith("$")).map((one): Completion => ({ label: one, type: "text", detail: "example", boost: -20 }));
}

const isFrom = (path: Path): boolean => path.at(-1) === "from" || (typeof path.at(-1) === "number" && path.at(-2) === "from");

function typeCompletions(bench: Bench): Completion[] {
  const types = Object.entries(bench.now.evaluation?.events.types ?? {});
  return types.map(([type, count], index): Completion => ({ label: type, type: "enum", detail: `${count.toLocaleString("en")} beside it`, boost: 40 - index / 10 }));
}

async function pathCompletions(place: Place, text: string, paths: Promise<Paths | null>): Promise<Completion[]> {
  const answer = await paths;
  if (answer === null) return [];
  return pathsFor(answer, ruleAt(place.scan, text, place.path)).map((one, index): Completion => ({
    label: one.path,
    type: "variable",
    detail: one.example,
    boost: 60 - index / 20,
    info: `${one.kind}, in ${one.events.toLocaleString("en")} ${one.events === 1 ? "event" : "events"}${one.form === null ? "" : `, with parse: ${one.form}`}\nsuch as ${one.example}`,
  }));
}

function merged(lists: readonly Completion[][]): Completion[] {
  const found = new Map<string, Completion>();
  for (const one of lists.flat()) {
    const known = found.get(one.label);
    found.set(one.label, known === undefined ? one : { ...one, ...known });
  }
  return [...found.values()];
}

/** Returns the extension; `about` asks the engine. */
export function completion(bench: Bench, about: About): Extension {
  const paths = (): Promise<Paths | null> => about("paths", {}).catch(() => null);

  async function complete(context: CompletionContext): Promise<CompletionResult | null> {
    const text = context.state.doc.toString();
    const place = placeAt(text, context.pos);
    if (place === null || (place.from === place.to && !context.explicit && place.role === "either")) return null;
    const lists: Completion[][] = [];
    if (place.role !== "value") lists.push(keyCompletions(place), snippets(place.path, place));
    if (place.role !== "key") {
      if (isFrom(place.path)) lists.push(typeCompletions(bench));
      lists.push(wordCompletions(place.path));
      if (takesPath(place.path)) lists.push(await pathCompletions(place, text, paths()));
    }
    const options = merged(lists);
    if (options.length === 0) return null;
    // In `$.record.sta`, all of it is replaced, so it stays valid while more of it is typed.
    return { from: place.from, to: Math.max(context.pos, place.to), options, validFor: /^[\w$.[\]*'"-]*$/ };
  }

  const hover = hoverTooltip((view, at) => {
    const place = placeAt(view.state.doc.toString(), at);
    if (place === null || place.from === place.to) return null;
    const word = view.state.sliceDoc(place.from, place.to);
    const isKey = place.role === "key";
    const path = isKey ? [...place.path, word.replace(/^(["'])(.*)\1$/, "$2")] : place.path;
    const choice = isKey ? undefined : choicesAt(path).find(({ value }) => value === word);
    const description = choice?.description ?? (isKey ? descriptionAt(path) : null);
    if (description === null || description === undefined) return null;
    return {
      pos: place.from,
      end: place.to,
      above: true,
      create: () => ({ dom: el("div", { class: "cm-hover" }, el("b", {}, word), ` ${description}`) }),
    };
  });

  return [
    autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60, activateOnTypingDelay: 60 }),
    keymap.of(completionKeymap),
    hover,
  ];
}
