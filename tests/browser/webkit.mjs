// The iPhone's engine: WebKitGTK's MiniBrowser through WebKitWebDriver (W3C WebDriver over HTTP), on a screen that is
// not there. Viewport, engine and touch differ from an iPhone's; layout, scripts and keyboard are WebKit's own.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const driver = "/usr/bin/WebKitWebDriver", screen = "/usr/bin/Xvfb";
const library = "/usr/lib/" + (existsSync("/usr/lib/x86_64-linux-gnu") ? "x86_64-linux-gnu" : "aarch64-linux-gnu");

/** Why it cannot be here, or "". */
export function webkit_missing() {
  const absent = [driver, screen].filter((path) => !existsSync(path));
  if (absent.length) return `there is no ${absent.join(", no ")} (apt-get install webkit2gtk-driver xvfb)`;
  return mini_browser() ? "" : `there is no MiniBrowser below ${library}`;
}
const mini_browser = () =>
  existsSync(library) && readdirSync(library).filter((name) => name.startsWith("webkit2gtk-") || name.startsWith("webkitgtk-")).map((name) => `${library}/${name}/MiniBrowser`).find(existsSync);

export const kKeys = { Tab: "\uE004", Enter: "\uE007", Space: " ", ArrowDown: "\uE015" };

export class WebKit {
  static async start() {
    const it = new WebKit();
    it.children = [];
    const number = await new Promise((done, fail) => {
      const x = spawn(screen, ["-displayfd", "3", "-screen", "0", "1024x900x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
      it.children.push(x);
      x.stdio[3].once("data", (bytes) => done(String(bytes).trim()));
      x.once("exit", (code) => fail(new Error(`Xvfb ended with ${code}`)));
    });
    const port = 20000 + Math.floor(Math.random() * 20000);
    it.url = `http://127.0.0.1:${port}`;
    it.children.push(spawn(driver, [`--port=${port}`], {
      stdio: "ignore",
      env: { ...process.env, DISPLAY: `:${number}`, GDK_BACKEND: "x11", WEBKIT_DISABLE_COMPOSITING_MODE: "1", LIBGL_ALWAYS_SOFTWARE: "1", ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {}) },
    }));
    for (let tries = 0; ; ++tries) {
      try {
        await fetch(it.url + "/status");
        break;
      } catch (error) {
        if (tries > 100) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
    const session = await it.call("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary: mini_browser(), args: ["--automation"] } } } });
    it.session = `/session/${session.sessionId}`;
    return it;
  }
  async call(method, path, body) {
    const answer = await fetch(this.url + path, { method, headers: { "Content-Type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
    return value;
  }
  go(url) {
    return this.call("POST", this.session + "/url", { url });
  }
  size(width, height) {
    return this.call("POST", this.session + "/window/rect", { width, height });
  }
  run(script, ...args) {
    return this.call("POST", this.session + "/execute/sync", { script, args });
  }
  async press(key) {
    const value = kKeys[key] ?? key;
    await this.call("POST", this.session + "/actions", { actions: [{ type: "key", id: "keyboard", actions: [{ type: "keyDown", value }, { type: "keyUp", value }] }] });
  }
  /** Until the script gives something true; what it gives. */
  async until(script, what, seconds = 20) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const value = await this.run(script);
      if (value) return value;
      if (Date.now() > end) throw new Error(`WebKit: ${what} did not come`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  async stop() {
    if (this.session) await this.call("DELETE", this.session).catch(() => undefined);
    for (const child of this.children.reverse()) child.kill();
  }
}
