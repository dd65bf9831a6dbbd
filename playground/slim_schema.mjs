// What completion and hover texts read of the schema of a mapping; the rest is dropped, so that the page stays small.

const KEPT = new Set([
  "$defs", "$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "defaultSnippets", "description", "else", "enum",
  "enumDescriptions", "examples", "items", "properties", "then", "type",
]);
const NAMED = new Set(["$defs", "properties"]);
const LISTS = new Set(["allOf", "anyOf"]);
const SCHEMAS = new Set(["additionalProperties", "else", "items", "then"]);

/** Returns a copy of a schema that has only the keywords of KEPT. */
export function slimSchema(schema) {
  if (typeof schema !== "object" || schema === null) return schema;
  const slim = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!KEPT.has(key)) continue;
    if (NAMED.has(key)) slim[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, slimSchema(inner)]));
    else if (LISTS.has(key)) slim[key] = value.map(slimSchema);
    else if (SCHEMAS.has(key)) slim[key] = slimSchema(value);
    else slim[key] = value;
  }
  return slim;
}
