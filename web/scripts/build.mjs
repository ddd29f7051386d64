// node scripts/build.mjs OUT [--check]: builds the pages and writes OUT/assets.cc, which src/pages compiles; also
// OUT/web/ with the files as they are served and OUT/web/weights.json. --check type-checks and compares the message
// files as well.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { make_client } from "./make_client.mjs";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = resolve(process.argv[2] ?? join(web, "../build/web-pages"));
const check = process.argv.includes("--check");
const made = join(out, "web");
mkdirSync(made, { recursive: true });

const client = join(made, "api.ts");
const document = JSON.parse(readFileSync(join(web, "../docs/reference/openapi.json"), "utf8"));
writeFileSync(client, make_client(document));
const alias = { "heed-api": client, "heed-http": join(web, "client/http.ts") };

const bundle = async (entry, target = "es2022") => {
  const result = await build({
    entryPoints: [join(web, entry)], bundle: true, minify: true, format: "esm", target, write: false, legalComments: "none", alias,
    nodePaths: [join(web, "node_modules")], logLevel: "warning", absWorkingDir: web, charset: "utf8",
  });
  return Buffer.from(result.outputFiles[0].contents);
};
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

const assets = [];
const add = (path, type, use, bytes) => {
  assets.push({ path, type, use, bytes, gzip: gzipSync(bytes, { level: 9 }), etag: `"${hash(bytes)}"` });
  return path;
};
const js = "text/javascript; charset=utf-8", css = "text/css; charset=utf-8", html = "text/html; charset=utf-8";

// Steady names, for other sites' script tags; hashed ones, for our own pages.
add("/heed-report.js", js, "Embedded", await bundle("src/heed_report.ts"));
add("/heed-case.js", js, "Embedded", await bundle("src/heed_case.ts"));
add("/heed-my-data.js", js, "Embedded", await bundle("src/heed_my_data.ts"));
const style = await bundle("pages/heed.css");
add("/heed.css", css, "Embedded", style);
const named = { "heed.css": add(`/assets/heed-${hash(style)}.css`, css, "Hashed", style) };
const desk_style = await bundle("pages/console.css");
named["console.css"] = add(`/assets/console-${hash(desk_style)}.css`, css, "Hashed", desk_style);
for (const page of ["report_page", "case_page", "my_data_page", "console_page"]) {
  const bytes = await bundle(`src/${page}.ts`);
  named[`${page}.js`] = add(`/assets/${page}-${hash(bytes)}.js`, js, "Hashed", bytes);
}
for (const [path, file] of [["/report", "report.html"], ["/case", "case.html"], ["/my-data", "my_data.html"], ["/console", "console.html"]]) {
  const text = readFileSync(join(web, "pages", file), "utf8").replace(/\{\{(\S+?)\}\}/g, (_, name) => {
    if (!named[name]) throw new Error(`${file} names ${name}, which is not built`);
    return named[name];
  });
  add(path, html, "Page", Buffer.from(text));
}

// The page of `heed demo`.
const demo = {
  "demo.css": add(`/assets/demo-${hash(await bundle("demo/demo.css"))}.css`, css, "Hashed", await bundle("demo/demo.css")),
  "demo_page.js": add(`/assets/demo_page-${hash(await bundle("demo/demo_page.ts"))}.js`, js, "Hashed", await bundle("demo/demo_page.ts")),
};
add("/demo", html, "Demo", Buffer.from(readFileSync(join(web, "demo/demo.html"), "utf8").replace(/\{\{(\S+?)\}\}/g, (_, name) => demo[name])));

const literal = (bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 64) {
    text += '    "';
    for (const byte of bytes.subarray(at, at + 64)) text += "\\" + byte.toString(8).padStart(3, "0");
    text += '"\n';
  }
  return text || '    ""\n';
};
let source = "// Made by web/scripts/build.mjs; do not edit.\n#include \"pages/pages.h\"\n\nnamespace heed::pages::generated {\nnamespace {\n";
source += "// Longer than compilers must accept; these do.\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n";
assets.forEach((a, i) => {
  source += `constexpr char kPlain${i}[] =\n${literal(a.bytes)};\nconstexpr char kGzip${i}[] =\n${literal(a.gzip)};\n`;
});
source += "constexpr Asset kTable[] = {\n";
assets.forEach((a, i) => {
  source += `    {"${a.path}", "${a.type}", ${JSON.stringify(a.etag)}, {kPlain${i}, ${a.bytes.length}}, {kGzip${i}, ${a.gzip.length}}, Use::${a.use}},\n`;
});
source += `};\n}  // namespace\nconst Asset* const kAssets = kTable;\nconst unsigned kAssetCount = ${assets.length};\n}  // namespace heed::pages::generated\n`;
writeFileSync(join(out, "assets.cc"), source);
for (const a of assets) {
  const file = join(made, a.use === "Page" ? a.path + ".html" : a.path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, a.bytes);
}
writeFileSync(join(made, "weights.json"), JSON.stringify(Object.fromEntries(assets.map((a) => [a.path, { plain: a.bytes.length, gzip: a.gzip.length }])), null, 1));

if (check) {
  const config = JSON.parse(readFileSync(join(web, "tsconfig.json"), "utf8"));
  config.compilerOptions.paths = { "heed-api": [client], "heed-http": [alias["heed-http"]], "lit": [join(web, "node_modules/lit")], "lit/*": [join(web, "node_modules/lit/*")] };
  config.include = [join(web, "src/**/*.ts"), join(web, "demo/**/*.ts"), join(web, "client/**/*.ts"), client];
  writeFileSync(join(made, "tsconfig.json"), JSON.stringify(config));
  const checked = spawnSync("node", [join(web, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", join(made, "tsconfig.json")], { stdio: "inherit" });
  let bad = checked.status !== 0;
  // en.json and de.json belong together, and so do console.en.json and console.de.json.
  const read = (file) => JSON.parse(readFileSync(join(web, "messages", file), "utf8"));
  for (const file of readdirSync(join(web, "messages"))) {
    const messages = read(file), like = read(file.replace(/\w+\.json$/, "en.json")), english = Object.keys(like);
    const holes_of = (text) => String(text.match(/\{\w+\}/g)?.sort());
    const missing = english.filter((key) => !messages[key]), unknown = Object.keys(messages).filter((key) => !english.includes(key));
    const holes = english.filter((key) => messages[key] && holes_of(messages[key]) !== holes_of(like[key]));
    if (missing.length || unknown.length || holes.length) {
      console.error(`messages/${file}: missing ${missing}; unknown ${unknown}; other placeholders ${holes}`);
      bad = true;
    }
  }
  process.exitCode = bad ? 1 : 0;
}
