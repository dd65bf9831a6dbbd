// Bundles the tests of the modules that need no browser, and runs them.
//
//     node run_tests.mjs [DIR]
//
// The bundles go to DIR: by default, build/page-tests of the checkout.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT, bundled } from "./build.mjs";

const out = resolve(process.argv[2] ?? join(ROOT, "build", "page-tests"));
mkdirSync(out, { recursive: true });
const files = readdirSync(join(ROOT, "playground", "tests")).filter((name) => name.endsWith(".test.ts"));
for (const name of files) {
  writeFileSync(join(out, name.replace(/\.ts$/, ".mjs")), await bundled(`tests/${name}`, { minify: false, platform: "node", target: "node20" }));
}
const { status } = spawnSync(process.execPath, ["--test", ...files.map((name) => join(out, name.replace(/\.ts$/, ".mjs")))], { stdio: "inherit" });
process.exit(status ?? 1);
