// <heed-report> on a platform's page.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { assert, axe, clients, embed, focused, heading, jwt, no_sideways_scroll, open_page, person, test, the_house } from "./browser.mjs";

const kEvil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script> \u202Eback to front\u202D ${"long".repeat(400)} \u2066`;

/** Counts what fingers do. */
class Keyboard {
  constructor(page) {
    this.page = page;
    this.presses = 0;
  }
  async press(key, times = 1) {
    for (let i = 0; i < times; ++i) {
      await this.page.keyboard.press(key);
      this.presses++;
    }
  }
  /** Tabs on until what has the keyboard fits. */
  async tab_to(fits, what) {
    for (let i = 0; i < 40; ++i) {
      if (fits(await focused(this.page))) return;
      await this.press("Tab");
    }
    assert.fail(`the keyboard does not reach ${what}`);
  }
}

async function at_step(page, words) {
  await page.locator("h2", { hasText: words }).waitFor();
}

async function common_report(page, keys) {
  let steps = 1;
  await keys.tab_to((f) => f.type === "checkbox" && f.name.includes("Insults"), "the symptom");
  await keys.press("Space");
  await keys.press("Enter");
  await at_step(page, "Whom is it aimed at?");
  steps++;
  await keys.tab_to((f) => f.type === "radio", "whom");
  await keys.press("Space");
  await keys.press("Enter");
  await at_step(page, "How much of it is there?");
  steps++;
  await keys.tab_to((f) => f.type === "radio", "how much"); // "This one" is chosen already
  await keys.press("Enter");
  await at_step(page, "Are you afraid");
  steps++;
  await keys.tab_to((f) => f.type === "radio", "fear");
  await keys.press("ArrowDown"); // from the first, "Yes", to "No"
  await keys.press("Enter");
  await at_step(page, "Anything to add?");
  steps++;
  await keys.tab_to((f) => f.tag === "BUTTON" && f.name === "Send the report", "the button");
  await keys.press("Enter");
  await page.locator("h2", { hasText: "We have your report" }).waitFor();
  return steps;
}

for (const client of ["desktop", "android"]) {
  test(`the common report takes at most six steps by keyboard alone (${client})`, async () => {
    const { heed } = await the_house();
    const her = person("ada"), post = person("p");
    await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
    const page = await open_page(clients[client]);
    await embed(page, { account: her, post });
    const keys = new Keyboard(page), began = performance.now();
    const steps = await common_report(page, keys);
    const seconds = (performance.now() - began) / 1000;
    assert.ok(steps <= 6, `${steps} steps`);
    // Nobody presses as fast as this: a second for each key and three to read each step are assumed.
    const human = keys.presses + 3 * steps;
    console.log(`    ${client}: ${steps} steps, ${keys.presses} keys, ${seconds.toFixed(1)} s by machine, about ${human} s for a person`);
    assert.ok(human < 60);
    const number = await page.locator(".number").innerText();
    assert.match(number, /^H-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const mine = await heed.user(her, "GET", "/v1/reports");
    assert.deepEqual(mine.json.items.map((report) => [report.number, report.items]), [[number, 1]]);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("the common report takes at most six steps by touch alone (mobile web)", async () => {
  const { heed } = await the_house();
  const her = person("ada"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
  const page = await open_page(clients.mobile_web);
  await embed(page, { account: her, post });
  let taps = 0, steps = 1;
  const tap = async (what) => {
    taps++;
    const box = await what.boundingBox();
    assert.ok(box && Math.min(box.width, box.height) >= 24, "large enough for a thumb (WCAG 2.5.8)");
    await what.tap();
  };
  const next = async (words) => {
    await tap(page.locator("button.main"));
    await at_step(page, words);
    steps++;
  };
  const began = performance.now();
  await tap(page.locator(".option", { hasText: "Insults" }));
  await next("Whom is it aimed at?");
  await tap(page.locator(".option", { hasText: "Me" }).first());
  await next("How much of it is there?");
  await next("Are you afraid");
  await tap(page.locator(".option", { has: page.locator("input[name=fears_for_safety][value=no]") }));
  await next("Anything to add?");
  await tap(page.locator("button.main"));
  await page.locator("h2", { hasText: "We have your report" }).waitFor();
  const seconds = (performance.now() - began) / 1000, human = 2 * taps + 3 * steps;
  console.log(`    mobile web: ${steps} steps, ${taps} taps, ${seconds.toFixed(1)} s by machine, about ${human} s for a person (two for each tap, three to read a step)`);
  assert.ok(steps <= 6 && human < 60);
  const mine = (await heed.user(her, "GET", "/v1/reports")).json.items;
  assert.deepEqual(mine.map((report) => report.items), [1]);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

async function through_all_steps(page, each) {
  await each("what");
  await page.getByRole("checkbox").first().check();
  await page.locator("button.main").click();
  await each("who");
  await page.locator("input[name=about][value=me]").check();
  await page.locator("button.main").click();
  await page.locator("input[name=extent][value=pile]").check();
  await page.locator("input[name=since][value=moment]").check();
  await each("extent");
  await page.locator("input[name=since][value=day]").check();
  await page.locator("[role=status]", { hasText: /\d/ }).first().waitFor();
  await page.locator("fieldset ~ details summary").first().click();
  await each("pile");
  await page.locator("button.main").click();
  await page.locator("input[name=fears_for_safety][value=yes]").check();
  await each("safety");
  await page.locator("button.main").click();
  for (const summary of await page.locator("details > summary").all()) await summary.click();
  await each("send");
  await page.locator("[data-field=legal_claim] summary").click();
  await page.locator("button.main").click();
  await page.locator(".number").waitFor();
  await each("done");
}

for (const [lang, locale, theme, client] of [["en", "en-GB", "light", "desktop"], ["de", "de-AT", "dark", "narrow"], ["de", "de-DE", "light", "android"], ["en", "en-GB", "dark", "narrow"]]) {
  test(`axe finds nothing on any step and nothing is wider than the window (${lang}, ${theme}, ${client})`, async () => {
    const { heed } = await the_house();
    const her = person("caro"), posts = [1, 2, 3].map(() => person("p"));
    await heed.posts(...posts.map((id) => ({ id, by: person("troll"), to: her, text: `you fool ${"x".repeat(300)}` })));
    const page = await open_page({ ...clients[client], locale, colorScheme: theme });
    await embed(page, { account: her, post: posts[0], lang: locale });
    const seen = [];
    await through_all_steps(page, async (step) => {
      await axe(page, step);
      await no_sideways_scroll(page, step);
      seen.push(await page.locator("heed-report section").innerText());
    });
    assert.equal(await page.locator("heed-report").getAttribute("lang"), lang);
    const words = seen.join("\n");
    if (lang === "de") {
      for (const english of ["Continue", "Please", " the ", "report", "Step"]) assert.ok(!words.includes(english), `"${english}" in the German flow`);
      assert.match(words, /Schritt 1 von 5/);
    }
    assert.ok(!/undefined|null|\{\w+\}/.test(words), "a text is missing or a hole in it is open");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("axe looks into the element and finds what is wrong there", async () => {
  const page = await open_page();
  await embed(page, { account: person("ada"), post: "none" });
  await axe(page, "as it is");
  await page.evaluate(() => document.querySelector("heed-report").shadowRoot.querySelector("form").append(document.createElement("input")));
  await assert.rejects(axe(page, "with a field that has no name"), /label/);
  await page.context().close();
});

test("a screen reader hears where it is, what is asked and what is missing", async () => {
  const { heed } = await the_house();
  const her = person("ada"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
  const page = await open_page();
  const report = await embed(page, { account: her, post });
  let tree = await report.ariaSnapshot();
  assert.match(tree, /region "Report · Step 1 of 5 What is happening\?"/);
  assert.match(tree, /heading "Report · Step 1 of 5 What is happening\?" \[level=2\]/);
  assert.match(tree, /group "What is happening"/);
  assert.match(tree, /checkbox "Somebody threatens to hurt or kill"/);
  assert.match(tree, /button "Continue"/);
  // Nothing chosen: the alert speaks, and the keyboard is on the first control of the faulty question.
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("alert").filter({ hasText: "Please choose at least one line" }).waitFor();
  assert.equal((await focused(page)).type, "checkbox");
  assert.equal(await page.locator("fieldset").first().getAttribute("aria-describedby"), "fault");
  // The next step takes the keyboard to its heading, and Tab goes on from there in the order that is seen.
  await page.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: "Continue" }).click();
  await at_step(page, "Whom is it aimed at?");
  assert.match((await focused(page)).name, /Step 2 of 5\s+Whom is it aimed at\?/);
  const order = [];
  for (let i = 0; i < 3; ++i) {
    await page.keyboard.press("Tab");
    order.push((await focused(page)).name);
  }
  assert.deepEqual([order[0].startsWith("Me"), ...order.slice(1)], [true, "Back", "Continue"]);
  tree = await report.ariaSnapshot();
  assert.match(tree, /radio "Me"/);
  // What a choice opens is there at once, and what the pile would take is a live status.
  await page.getByRole("radio", { name: "Me", exact: true }).check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("radio", { name: /Everything aimed at me/ }).check();
  await page.getByRole("radio", { name: "The last 24 hours" }).check();
  await page.getByRole("status").filter({ hasText: "one post" }).waitFor();
  await page.getByRole("button", { name: "Back" }).click();
  assert.match((await focused(page)).name, /Step 2 of 5/);
  assert.ok(await page.getByRole("radio", { name: "Me", exact: true }).isChecked(), "answers stay");
  await page.context().close();
});

test("the whole pile is shown before it is taken, and is one case", async () => {
  const { heed } = await the_house();
  const her = person("caro"), ids = Array.from({ length: 12 }, () => person("p")), author = [person("t"), person("t"), person("t")];
  await heed.posts(...ids.map((id, i) => ({ id, by: author[i % 3], to: her, text: i === 0 ? kEvil : `you fool number ${i}` })));
  const page = await open_page();
  await embed(page, { account: her, post: ids[0] });
  await page.getByRole("checkbox", { name: /Insults/ }).check();
  await page.locator("button.main").click();
  await page.locator("input[name=about][value=me]").check();
  await page.locator("button.main").click();
  await page.locator("input[name=extent][value=pile]").check();
  await page.locator("input[name=since][value=hour]").check();
  await page.getByRole("status").filter({ hasText: "12 posts by 3 accounts" }).waitFor();
  assert.equal(await page.locator(".theirs").filter({ visible: true }).count(), 0, "what others wrote is closed");
  await page.getByText("Show some of these posts").click();
  assert.ok((await page.locator(".theirs").filter({ visible: true }).count()) > 3);
  const evil = page.locator(".theirs", { hasText: "back to front" });
  if (await evil.count()) assert.equal((await evil.innerText()).trim(), kEvil.trim(), "text is text");
  assert.notEqual(await page.title(), "owned");
  await no_sideways_scroll(page, "hostile text");
  await page.locator("button.main").click();
  await page.locator("input[name=fears_for_safety][value=no]").check();
  await page.locator("input[name=relief][value=hide]").check();
  await page.locator("button.main").click();
  await page.locator("button.main").click();
  await page.locator(".number").waitFor();
  await page.getByText("hidden from you").waitFor();
  const mine = (await heed.user(her, "GET", "/v1/cases")).json.items;
  assert.equal(mine.length, 1);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("what a hostile page name or post holds stays text", async () => {
  const { heed } = await the_house();
  const her = person("ada"), ids = [person("p"), person("p")];
  await heed.posts(...ids.map((id) => ({ id, by: person("troll"), to: her, text: "you fool" })));
  const page = await open_page(clients.narrow);
  const items = ids.map((id) => ({ kind: "post", id, label: kEvil }));
  await embed(page, { account: her, script: `report.items = ${JSON.stringify(items).replaceAll("<", "\\u003c")}; report.reset();` });
  await page.getByRole("checkbox", { name: /Insults/ }).check();
  await page.locator("button.main").click();
  await page.locator("input[name=about][value=someone_else]").check();
  await page.locator("button.main").click();
  await page.getByText("Something else is happening in some of these posts").click();
  await page.locator("bdi", { hasText: "back to front" }).first().waitFor();
  assert.equal(await page.locator("heed-report img, heed-report script").count(), 0);
  assert.notEqual(await page.title(), "owned");
  await no_sideways_scroll(page, "long labels");
  // A post of its own symptom.
  await page.locator("details details summary").nth(1).click();
  await page.locator("details details").nth(1).getByRole("checkbox", { name: /Hatred/ }).check();
  const [request] = await Promise.all([
    page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/v1/reports")),
    (async () => {
      await page.locator("button.main").click();
      await page.locator("input[name=fears_for_safety][value=no]").check();
      await page.locator("button.main").click();
      await page.locator("button.main").click();
    })(),
  ]);
  assert.deepEqual(request.postDataJSON().items, [{ kind: "post", id: ids[0], symptoms: ["harassment"] }, { kind: "post", id: ids[1], symptoms: ["hate"] }]);
  await page.locator(".number").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

async function fill_in(page) {
  await page.getByRole("checkbox", { name: /Insults/ }).check();
  await page.locator("button.main").click();
  await page.locator("input[name=about][value=me]").check();
  await page.locator("button.main").click();
  await page.locator("button.main").click();
  await page.locator("input[name=fears_for_safety][value=no]").check();
  await page.locator("button.main").click();
  await at_step(page, "Anything to add?");
}

test("no connection, then an answer that is lost: it is sent by itself, and once", async () => {
  const { heed } = await the_house();
  const her = person("ada"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
  const page = await open_page();
  await embed(page, { account: her, post });
  await fill_in(page);
  await page.locator("#comment").fill("It has gone on since Friday.");
  await page.context().setOffline(true);
  await page.locator("button.main").click();
  await page.getByRole("alert").filter({ hasText: "there is no connection" }).waitFor();
  await axe(page, "offline");
  // Back again, but the first answer gets lost on the way: the server has the report, she does not know.
  const keys = [], bodies = [];
  let lost = 0;
  await page.route("**/v1/reports", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    keys.push(route.request().headers()["idempotency-key"]);
    bodies.push(route.request().postData());
    if (lost++ === 0) {
      await route.fetch();
      return route.abort("connectionreset");
    }
    return route.continue();
  });
  await page.context().setOffline(false);
  await page.getByRole("alert").filter({ hasText: "nothing is sent twice" }).waitFor();
  await page.getByRole("button", { name: "Try again now" }).click();
  await page.locator(".number").waitFor();
  assert.equal(new Set(keys).size, 1, "one key");
  assert.equal(new Set(bodies).size, 1, "the same bytes");
  assert.ok(keys.length >= 2 && keys[0].length > 20);
  const mine = (await heed.user(her, "GET", "/v1/reports")).json.items;
  assert.equal(mine.length, 1, "one report");
  await page.context().close();
});

test("a server that is too busy is asked again after the time it names", async () => {
  const { heed } = await the_house();
  const her = person("ada"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
  const page = await open_page();
  await page.clock.install();
  await embed(page, { account: her, post });
  await fill_in(page);
  let asked = 0;
  await page.route("**/v1/reports", (route) => {
    if (route.request().method() !== "POST" || ++asked > 1) return route.continue();
    return route.fulfill({ status: 503, headers: { "Retry-After": "7", "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After" }, json: { title: "busy", status: 503 } });
  });
  await page.locator("button.main").click();
  await page.getByRole("alert").filter({ hasText: "has not reached us yet" }).waitFor();
  await page.clock.runFor(6000);
  assert.equal(asked, 1, "not before");
  await page.clock.runFor(1500);
  await page.locator(".number").waitFor();
  assert.equal(asked, 2);
  await page.context().close();
});

test("a token that is over or wrong is explained kindly and nothing is lost", async () => {
  const { heed } = await the_house();
  const her = person("ada"), post = person("p"), now = Math.floor(Date.now() / 1000);
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
  const page = await open_page();
  const over = jwt(her, { iat: now - 7200, exp: now - 3600 });
  await embed(page, { account: her, post, token: `() => globalThis.current ?? ${JSON.stringify(over)}` });
  await fill_in(page);
  await page.locator("#comment").fill("My own words.");
  await page.locator("button.main").click();
  await page.getByRole("alert").filter({ hasText: "You have been signed out here" }).waitFor();
  await axe(page, "expired");
  assert.equal(await page.locator("#comment").inputValue(), "My own words.");
  await page.evaluate((token) => (globalThis.current = token), jwt(her));
  await page.getByRole("button", { name: "Try again now" }).click();
  await page.locator(".number").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("evidence from elsewhere and a legal claim go along, and a post that nobody knows is named", async () => {
  const { heed } = await the_house();
  const her = person("ada"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
  const page = await open_page();
  await embed(page, { account: her, posts: `${post} ${person("nobody-knows")}` });
  await page.getByRole("checkbox", { name: /Insults/ }).check();
  await page.locator("button.main").click();
  await page.locator("input[name=about][value=group]").check();
  await page.locator("input[name=group][value=women]").check();
  await page.locator("button.main").click();
  await page.locator("input[name=extent][value=more]").check();
  await page.locator("button.main").click();
  await page.getByRole("alert").filter({ hasText: "at least one link" }).waitFor();
  await page.locator("#links").fill("https://example.org/a\n https://example.org/b");
  await page.locator("button.main").click();
  await page.locator("input[name=fears_for_safety][value=no]").check();
  await page.locator("button.main").click();
  await page.getByText("Something from elsewhere").click();
  await page.locator("#evidence-text-0").fill("He wrote this in a mail.");
  await page.getByText("I say that this breaks the law").click();
  await page.locator("button.main").click();
  await page.getByRole("alert").filter({ hasText: "your report counts without it" }).waitFor();
  await page.locator("#explanation").fill("It calls for violence.");
  await page.getByRole("checkbox", { name: /good faith/ }).check();
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/v1/reports")), page.locator("button.main").click()]);
  const body = request.postDataJSON();
  assert.equal(body.group, "women");
  assert.equal(body.comment, "He wrote this in a mail.");
  assert.deepEqual(body.legal_claim, { explanation: "It calls for violence.", good_faith: true });
  assert.deepEqual(body.items.map((i) => i.url ?? "post"), ["post", "post", "https://example.org/a", "https://example.org/b"]);
  await page.getByText("This post is not known here").waitFor();
  await page.getByText("Post 2").waitFor();
  await page.context().close();
});

test("help lines are those of the country that is chosen, and of what is happening", async () => {
  const her = person("ada");
  const page = await open_page();
  await embed(page, { account: her, post: "none", attributes: 'locale="de-AT"' });
  await page.getByRole("checkbox").first().check();
  await page.locator("button.main").click();
  await page.locator("input[name=about][value=me]").check();
  await page.locator("button.main").click();
  await page.locator("button.main").click();
  await page.locator("input[name=fears_for_safety][value=yes]").check();
  await page.getByRole("link", { name: "112" }).first().waitFor();
  assert.equal(await page.locator("#country").inputValue(), "AT");
  await page.locator("#country").selectOption("GB");
  await page.getByRole("link", { name: "999" }).first().waitFor();
  assert.ok(await page.locator("input[name=fears_for_safety][value=yes]").isChecked(), "answers stay");
  assert.match(await page.getByRole("link", { name: "999" }).first().getAttribute("href"), /^tel:999$/);
  await page.context().close();
});

test("the embedded script weighs less than 40 kB compressed", async () => {
  const { heed } = await the_house();
  for (const path of ["/heed-report.js", "/heed-case.js", "/heed-my-data.js"]) {
    const packed = await fetch(heed.url + path, { headers: { "Accept-Encoding": "gzip" } });
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    const bytes = Buffer.from(await packed.arrayBuffer());
    const weight = gzipSync(bytes, { level: 9 }).length;
    console.log(`    ${path}: ${bytes.length} bytes, ${weight} compressed`);
    assert.ok(weight < 40_000);
    assert.ok(!/https?:\/\/(?!www\.w3\.org)[a-z]/.test(bytes.toString().replaceAll("https://example", "")), "names no other site");
  }
});
