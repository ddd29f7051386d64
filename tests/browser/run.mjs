#!/usr/bin/env node
// Runs the *_test.mjs beside it in Debian's Chromium against the real binary, and closes with "N passed, N failed, N skipped".
//   node tests/browser/run.mjs [PART…]     only tests whose name holds a part
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { close_browser, tests } from "./browser.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const parts = process.argv.slice(2);
for (const file of readdirSync(here).filter((name) => name.endsWith("_test.mjs")).sort()) {
  await import(join(here, file));
}
let passed = 0, skipped = 0;
const failed = [];
for (const { name, run } of tests) {
  if (parts.length && !parts.some((part) => name.includes(part))) continue;
  const began = Date.now();
  const say = (word) => console.log(`${((Date.now() - began) / 1000).toFixed(2).padStart(6)} s  ${name}  ${word}`);
  try {
    const why = await run();
    if (typeof why === "string") {
      skipped++;
      say(`skipped: ${why}`);
    } else {
      passed++;
      say("ok");
    }
  } catch (error) {
    failed.push(name);
    say("FAILED");
    console.log(error.stack ?? error);
  }
}
await close_browser();
for (const name of failed) console.log(`FAILED ${name}`);
console.log(`${passed} passed, ${failed.length} failed, ${skipped} skipped`);
process.exit(failed.length || !passed ? 1 : 0);
