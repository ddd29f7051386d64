// The real binary on a free port with a folder of its own, and a platform's page on another origin that embeds the flow.
import { createHmac } from "node:crypto";
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = resolve(process.env.HEED_BINARY ?? join(root, "build/release/heed"));
const secret = "a secret of the tests, long enough for HS256";
export const password = "correct horse battery";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
export function jwt(account, claims = {}) {
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "platform", aud: "heed", sub: account, iat: now, exp: now + 3600, ...claims })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

export class Heed {
  /** `prepare(heed)` runs before the server does, on the folder that it will have. */
  static async start(settings = {}, prepare = undefined) {
    const heed = new Heed();
    heed.binary = binary;
    heed.folder = mkdtempSync(join(tmpdir(), "heed-browser-"));
    heed.environment = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("HEED_"))),
      HEED_DATA_DIR: join(heed.folder, "data"), HEED_KEYS_DIR: join(heed.folder, "keys"), HEED_USERS_HS256_SECRET: secret, HEED_TEST: "1", ...settings,
    };
    heed.key = JSON.parse(heed.run("key", "create", "platform", "--scope", "all", "--json")).token;
    heed.run_with(password + "\n", "user", "create", "ada", "--role", "reviewer", "--password-stdin", "--json");
    heed.run_with(password + "\n", "user", "create", "grace", "--role", "reviewer", "--role", "lead", "--password-stdin", "--json");
    await prepare?.(heed);
    heed.log = join(heed.folder, "log");
    heed.process = spawn(binary, ["serve", "--port", "0"], { env: heed.environment, stdio: ["ignore", "pipe", openSync(heed.log, "a")] });
    heed.url = await new Promise((done, fail) => {
      createInterface({ input: heed.process.stdout }).once("line", done);
      heed.process.once("exit", (code) => fail(new Error(`heed serve ended with ${code}: ${readFileSync(heed.log, "utf8").slice(-1500)}`)));
    });
    return heed;
  }
  run(...args) {
    return this.run_with("", ...args);
  }
  run_with(input, ...args) {
    return execFileSync(binary, args, { env: this.environment, input, encoding: "utf8", stdio: "pipe" });
  }
  async stop() {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async call(method, path, body, headers = {}) {
    const type = typeof body === "string" ? "application/x-ndjson" : "application/json";
    const answer = await fetch(this.url + path, {
      method, headers: { ...(body === undefined ? {} : { "Content-Type": type }), ...headers },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: answer.status, headers: answer.headers, text, json };
  }
  platform(method, path, body) {
    return this.call(method, path, body, { Authorization: `Bearer ${this.key}` });
  }
  user(account, method, path, body) {
    return this.call(method, path, body, { Authorization: `Bearer ${jwt(account)}` });
  }
  /** Posts aimed at somebody, a moment ago. */
  async posts(...posts) {
    const lines = posts.map((p, i) => JSON.stringify({ author: { id: p.by }, mentions: p.to ? [p.to] : [], created_at: new Date(Date.now() - 60_000 + i).toISOString(), id: p.id, text: p.text }) + "\n");
    const answer = await this.platform("POST", "/v1/posts", lines.join(""));
    if (answer.status !== 200 || answer.text.includes('"problem"')) throw new Error(`posts were not taken: ${answer.text}`);
  }
  async staff(name) {
    const answer = await this.call("POST", "/v1/session", { name, password });
    const headers = { Cookie: answer.headers.get("set-cookie").split(";")[0], "X-Heed-CSRF": answer.json.csrf };
    return (method, path, body) => this.call(method, path, body, headers);
  }
  /** A reviewer decides everything that waits: `outcome` for each item. */
  async decide(outcome, facts = "Aimed at her.") {
    const ada = await this.staff("ada");
    for (;;) {
      const claim = await ada("POST", "/v1/queues/default/claims", {});
      if (claim.status === 204) return;
      const clause = "targeted_harassment";
      const items = claim.json.items.map((item_id) => ({ item_id, outcome, clause, ...(outcome === "violation" ? { ground: "terms", actions: [{ kind: "remove" }], facts } : {}) }));
      const answer = await ada("POST", `/v1/cases/${claim.json.case_id}/decisions`, { claim_id: claim.json.claim_id, items });
      if (answer.status !== 201) throw new Error(`not decided: ${answer.text}`);
    }
  }
}

/** A platform's site with a strict policy of its own. `page` is what stands in its body. */
export class Site {
  static async start() {
    const site = new Site();
    site.body = "";
    site.script = "";
    site.server = createServer((request, response) => {
      if (request.url === "/page.js") {
        response.writeHead(200, { "Content-Type": "text/javascript" }).end(site.script);
        return;
      }
      response.writeHead(200, {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": `default-src 'none'; script-src 'self' ${site.heed}; connect-src ${site.heed}; style-src 'self'`,
      });
      response.end(`<!doctype html><html lang="${site.lang ?? "en"}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A forum</title>
<script type="module" src="${site.heed}/heed-report.js"></script><script type="module" src="${site.heed}/heed-case.js"></script><script type="module" src="${site.heed}/heed-my-data.js"></script><script type="module" src="/page.js"></script><body><main>${site.body}</main></body></html>`);
    });
    await new Promise((done) => site.server.listen(0, "127.0.0.1", done));
    site.url = `http://127.0.0.1:${site.server.address().port}`;
    return site;
  }
  stop() {
    this.server.closeAllConnections?.();
    return new Promise((done) => this.server.close(done));
  }
}
