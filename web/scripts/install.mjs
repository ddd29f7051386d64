// npm ci, when the lock file is another than the installed one. Several builds may ask at once: one works, the others wait.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const wanted = createHash("sha256").update(readFileSync(join(web, "package-lock.json"))).digest("hex");
const note = join(web, "node_modules", ".heed-lock-file");
const door = join(web, ".installing");
const installed = () => {
  try {
    return readFileSync(note, "utf8") === wanted;
  } catch {
    return false;
  }
};

const wait = new Int32Array(new SharedArrayBuffer(4));
for (let first = true; !installed(); first = false) {
  try {
    mkdirSync(door);
  } catch {
    let age = 0;
    try {
      age = Date.now() - statSync(door).mtimeMs;
    } catch {
      continue; // just gone
    }
    if (age > 10 * 60 * 1000) {
      rmdirSync(door); // whoever worked there was killed
    }
    if (first) console.log("waiting for another build that installs");
    Atomics.wait(wait, 0, 0, 300);
    continue;
  }
  try {
    const done = spawnSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error", "--ignore-scripts"], { cwd: web, stdio: "inherit" });
    if (done.status !== 0) {
      console.error("npm ci failed: the web pages cannot be built. Is the package registry reachable? Without the pages: cmake -DHEED_WEB=OFF");
      process.exitCode = 1;
      break;
    }
    writeFileSync(note, wanted);
  } finally {
    rmdirSync(door);
  }
}
