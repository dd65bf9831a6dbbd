/** The schema of a mapping: what may stand at a path, and what it means. */
import schema from "virtual:schema";
import type { Path } from "../text/yaml_tokens";

export interface Node {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  items?: Node;
  anyOf?: Node[];
  allOf?: Node[];
  then?: Node;
  else?: Node;
  enum?: (string | number | boolean)[];
  enumDescriptions?: string[];
  const?: string | number | boolean;
  default?: unknown;
  examples?: unknown[];
  defaultSnippets?: { label: string; body: unknown }[];
  $defs?: Record<string, Node>;
}

const ROOT = schema as Node;

/** Returns a node and all that it refers to or is made of. */
function parts(node: Node | boolean | undefined, depth = 0): Node[] {
  if (typeof node !== "object" || depth > 8) return [];
  const referred = node.$ref === undefined ? [] : parts(ROOT.$defs?.[node.$ref.replace("#/$defs/", "")], depth + 1);
  const inner = [...(node.anyOf ?? []), ...(node.allOf ?? []), ...(node.then === undefined ? [] : [node.then]), ...(node.else === undefined ? [] : [node.else])];
  return [node, ...referred, ...inner.flatMap((one) => parts(one, depth + 1))];
}

/** Returns what the schema says of the node at a path: several nodes, the nearest first. */
export function nodesAt(path: Path): Node[] {
  let nodes = parts(ROOT);
  for (const step of path) {
    const next =
      typeof step === "number"
        ? nodes.map((node) => node.items)
        : nodes.some((node) => node.properties?.[step] !== undefined)
          ? nodes.map((node) => node.properties?.[step])
          : nodes.map((node) => node.additionalProperties);
    nodes = [...new Set(next.flatMap((node) => parts(node)))];
  }
  return nodes;
}

/** Returns the first description of a path; null if there is none. */
export function descriptionAt(path: Path): string | null {
  return nodesAt(path).find((node) => node.description !== undefined)?.description ?? null;
}

/** Returns the keys of the mapping at a path. */
export function keysAt(path: Path): string[] {
  return [...new Set(nodesAt(path).flatMap((node) => Object.keys(node.properties ?? {})))];
}

export interface Choice {
  value: string;
  description: string | null;
}

/** Returns the words that the scalar at a path may be. */
export function choicesAt(path: Path): Choice[] {
  const found = new Map<string, Choice>();
  const nodes = nodesAt(path);
  if (nodes.some((node) => node.properties?.["as"] !== undefined)) return choicesAt([...path, "as"]); // `parse: json` is short for `parse: {as: json}`
  for (const node of nodes) {
    const values = node.enum ?? (node.const === undefined ? (node.type === "boolean" ? [true, false] : []) : [node.const]);
    values.forEach((value, index) => {
      const text = String(value);
      if (!found.has(text)) found.set(text, { value: text, description: node.enumDescriptions?.[index] ?? null });
    });
  }
  return [...found.values()];
}

/** Returns examples of the scalar at a path. */
export function examplesAt(path: Path): string[] {
  return [...new Set(nodesAt(path).flatMap((node) => node.examples ?? []))].filter((one) => typeof one === "string" || typeof one === "number").map(String);
}

/** Whether the value of a key is a mapping or a list, for sure. */
export function isNested(path: Path): boolean {
  const [first] = nodesAt(path).filter((node) => node.type !== undefined);
  return first?.type === "object" || first?.type === "array";
}

/** Whether a JSON path may stand at a path. */
export function takesPath(path: Path): boolean {
  return nodesAt(path).some((node) => (node.examples ?? []).some((one) => typeof one === "string" && /^(\$\.|\.\w)/.test(one))) || nodesAt(path).some((node) => node.description?.startsWith("A JSON path") === true);
}
