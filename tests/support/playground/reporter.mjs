// A reporter of `node --test`: a line of JSON for each test, [name, what went wrong].
import { inspect } from "node:util";

export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { error } = data.details;
    yield `${JSON.stringify([data.name, type === "test:pass" ? "" : inspect(error?.cause ?? error)])}\n`;
  }
}
