// Right to left: the pages in a language that is not one (Hebrew letters for ours, longer, written from the right), so
// that what leans on left and right, or overlaps, shows before the first such translation comes.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { assert, axe, clients, embed, jwt, no_sideways_scroll, open_page, person, root, test, the_house } from "./browser.mjs";
import { open_case } from "./cases.mjs";

const kLetters = "אבגדהוזחטיכלמנסעפצקרשת";
/** Our letters as others; holes like {n} and digits stay; a third is added, as translations are longer. */
const pseudo = (text) => {
  const turn = (part) => part.replace(/[A-Za-zÀ-ÿ]/g, (c) => kLetters[c.charCodeAt(0) % kLetters.length]);
  const turned = text.split(/(\{\w+\})/).map((part) => (part.startsWith("{") ? part : turn(part))).join("");
  return text.trim().length > 2 ? `${turned} ${turned.replace(/\{\w+\}/g, "").trim().slice(0, Math.ceil(text.length / 3))}` : turned;
};

/** What overlaps, leaves the window, or is wider than its box; also inside shadow roots. */
const faults_of = (page) =>
  page.evaluate(() => {
    const found = [], boxes = [];
    const walk = (at) => {
      for (const one of at.querySelectorAll("*")) {
        if (one.shadowRoot) walk(one.shadowRoot);
        if (!one.matches("h1, h2, h3, p, button, a, input, textarea, select, summary, label.label, legend, dt, dd, blockquote, .option, .hint")) continue;
        if (one.closest(".aside") || !one.checkVisibility({ visibilityProperty: true })) continue;
        const box = one.getBoundingClientRect();
        if (box.width < 1 || box.height < 1) continue;
        const name = `${one.tagName.toLowerCase()}#${one.id} "${(one.innerText || one.value || "").slice(0, 30)}"`;
        if (box.left < -1 || box.right > document.documentElement.clientWidth + 1) found.push(`${name} leaves the window: ${box.left}…${box.right}`);
        if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && getComputedStyle(one).overflowX === "visible") found.push(`${name} is ${one.scrollWidth} wide in ${one.clientWidth}`);
        boxes.push({ one, box, name });
      }
    };
    walk(document);
    const within = (a, b) => {
      for (let at = b; at; at = at.parentNode ?? at.host) if (at === a) return true;
      return false;
    };
    for (let i = 0; i < boxes.length; ++i)
      for (let j = i + 1; j < boxes.length; ++j) {
        const a = boxes[i], b = boxes[j];
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left), high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (wide > 2 && high > 2 && !within(a.one, b.one) && !within(b.one, a.one)) found.push(`${a.name} lies on ${b.name}`);
      }
    return found;
  });

async function mirrored(page, where) {
  assert.deepEqual(await faults_of(page), [], where);
  await no_sideways_scroll(page, where);
  // What begins a line is on the right: a box to tick comes before its words, and a heading touches the right side.
  const wrong = await page.evaluate(() => {
    const out = [];
    const roots = [...document.querySelectorAll("*")].filter((one) => one.shadowRoot).map((one) => one.shadowRoot);
    for (const place of roots) {
      for (const option of place.querySelectorAll(".option")) {
        if (!option.checkVisibility()) continue;
        const [tick, words] = [option.querySelector("input"), option.querySelector("span")].map((one) => one.getBoundingClientRect());
        if (tick.left < words.right - 1) out.push(`the box of "${option.innerText.slice(0, 30)}" is on the left`);
      }
      const title = place.querySelector("h2");
      if (title && getComputedStyle(title).direction !== "rtl") out.push("the heading runs from the left");
    }
    return out;
  });
  assert.deepEqual(wrong, [], where);
}

for (const client of ["narrow", "desktop"]) {
  test(`the report flow runs from right to left, and nothing overlaps (${client})`, async () => {
    const { heed } = await the_house();
    const her = person("ada"), posts = [person("p"), person("p")];
    await heed.posts(...posts.map((id) => ({ id, by: person("troll"), to: her, text: "you fool" })));
    const page = await open_page(clients[client]);
    await page.route("**/v1/report-flow*", async (route) => {
      const flow = await (await route.fetch()).json();
      const turn = (value, name) =>
        typeof value === "string" ? (["id", "kind", "needs", "country", "locale", "url", "topic", "direction", "value"].includes(name) || /^[a-z_]+$/.test(value) ? value : pseudo(value))
        : Array.isArray(value) ? (["countries", "topics", "phones"].includes(name) ? value : value.map((one) => turn(one, name)))
        : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, turn(one, key)]))
        : value;
      const turned = turn(flow, "");
      turned.direction = "rtl";
      turned.locale = "he";
      await route.fulfill({ json: turned, headers: { "Access-Control-Allow-Origin": "*" } });
    });
    await embed(page, { account: her, posts: posts.join(" ") });
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    const each = (step) => mirrored(page, step);
    await each("what");
    assert.match(await page.locator("heed-report h2").innerText(), /[א-ת]/);
    await page.locator("button.main").click();
    await each("what, nothing chosen");
    await page.getByRole("checkbox").first().check();
    await page.locator("button.main").click();
    await page.locator("input[name=about][value=me]").check();
    await each("who");
    await page.locator("button.main").click();
    await page.locator("input[name=extent][value=pile]").check();
    await page.locator("input[name=since][value=day]").check();
    await page.locator("[role=status]", { hasText: /\d/ }).first().waitFor();
    await each("extent");
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
    assert.equal(await page.locator(".number").evaluate((one) => getComputedStyle(one).direction), "ltr", "a number stays as it is read out");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test(`a case and a person's data run from right to left, and nothing overlaps (${client})`, async () => {
    const { heed, site } = await the_house();
    const her = person("caro"), posts = [person("p"), person("p")];
    await heed.posts(...posts.map((id) => ({ id, by: person("troll"), to: her, text: "you fool" })));
    const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], comment: "Since Friday.", items: posts.map((id) => ({ kind: "post", id })) });
    assert.equal(receipt.status, 201, receipt.text);
    await heed.decide("no_violation");
    await heed.user(her, "POST", "/v1/delegations", { delegate: { email: "advice@union.example", name: "Union" }, as: "union", scopes: ["read", "talk"] });
    const page = await open_page(clients[client]);
    await open_case(page, her, 'dir="rtl"');
    await page.getByRole("button", { name: "Show me a code" }).click();
    await page.locator("#code").waitFor();
    await page.getByRole("button", { name: "I disagree" }).first().click();
    for (const summary of await page.locator("details > summary").all()) if (await summary.isVisible()) await summary.click();
    await page.locator("input[name=evidence-form][value=file]").check();
    await page.locator("button[aria-expanded=false]").first().click();
    await turn(page, "heed-case");
    await mirrored(page, "case, all open");
    assert.equal(await page.locator("#code").evaluate((one) => getComputedStyle(one).direction), "ltr", "a code stays as it is read out");
    site.body = `<h1>A forum</h1><heed-my-data server="${site.heed}" dir="rtl"></heed-my-data>`;
    site.script = `document.querySelector("heed-my-data").token = ${JSON.stringify(jwt(her))};`;
    await page.goto(site.url);
    await page.getByRole("button", { name: "Show it here" }).click();
    await page.getByRole("heading", { name: "What is held about you" }).waitFor();
    for (const summary of await page.locator("summary").all()) await summary.click();
    await turn(page, "heed-my-data");
    await mirrored(page, "my data, all open");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test(`the door of a link, the legal notice and the pages that only say something run from right to left (${client})`, async () => {
    const { heed } = await the_house();
    const her = person("dora");
    const link = (await heed.user(her, "POST", "/v1/delegations", { delegate: { email: "advice@union.example", name: "Union" }, as: "union", scopes: ["read", "talk"] })).json.link;
    const door = heed.url + link.slice(link.indexOf("/case"));
    const page = await open_page(clients[client]);
    await page.goto(door);
    await page.getByRole("button", { name: "Go on here" }).waitFor();
    await turn(page, "heed-door");
    await mirrored(page, "door, closed");
    assert.equal(await page.locator("#words").evaluate((one) => getComputedStyle(one).direction), "rtl");
    await axe(page, "door, closed, from right to left");
    await page.getByRole("button").click();
    await page.locator("heed-case").waitFor();
    const late = await open_page(clients[client]); // somebody else, with the link that has been used
    await late.goto(door);
    await late.getByRole("button", { name: "Go on here" }).click();
    await late.getByRole("button", { name: "Mail me a new link" }).waitFor();
    await turn(late, "heed-door");
    await mirrored(late, "door, spent");
    await late.getByRole("button").click();
    await late.locator(".note[role=status]").waitFor();
    await turn(late, "heed-door");
    await mirrored(late, "door, a new link asked for");
    await axe(late, "door, spent, from right to left");
    await late.goto(heed.url + "/legal-notice?url=https://forum.example/t/3");
    await late.locator("button").click(); // with what is missing
    await late.getByRole("alert").waitFor();
    await turn(late, "main");
    await mirrored(late, "legal notice with faults");
    const [tick, words] = await late.locator("#good_faith, label[for=good_faith]").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
    assert.ok(tick > words, "the box to tick is on the right");
    for (const [path, what] of [["/case", "case, no entry"], ["/my-data", "my data, no entry"], ["/case#code=used", "case, used link"]]) {
      const nobody = await open_page(clients[client]);
      await nobody.goto(heed.url + path);
      await nobody.getByRole("alert").waitFor();
      await turn(nobody, "main");
      await mirrored(nobody, what);
      await nobody.context().close();
    }
    assert.deepEqual([...page.faults, ...late.faults], []);
    await page.context().close();
    await late.context().close();
  });

  test(`showing who one is, and erasing, run from right to left (${client})`, async () => {
    const { heed, site } = await the_house();
    const her = person("erna"), post = person("p");
    await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
    const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id: post }] });
    assert.equal(receipt.status, 201, receipt.text);
    const page = await open_page(clients[client]);
    site.lang = "en";
    site.body = `<h1>A forum</h1><heed-my-data server="${site.heed}" dir="rtl"></heed-my-data>`;
    site.script = `document.querySelector("heed-my-data").token = ${JSON.stringify(jwt(her))};`;
    await page.goto(site.url);
    await page.getByText("When our mails come").click();
    await page.locator("#mail-at").waitFor();
    await page.getByRole("button", { name: "I want it erased" }).click();
    await page.getByRole("button", { name: "No, leave everything" }).waitFor();
    await turn(page, "heed-my-data");
    await mirrored(page, "mails, and sure to erase?");
    await page.goto(site.url);
    await page.getByRole("button", { name: "I want it erased" }).click();
    await page.getByRole("button", { name: "Yes, erase it now" }).click();
    await page.getByRole("heading", { name: "What was erased" }).waitFor();
    await turn(page, "heed-my-data");
    await mirrored(page, "erased");
    assert.deepEqual(page.faults, []);
    await page.context().close();
    const old = await open_page(clients[client]);
    site.script = `document.querySelector("heed-my-data").token = ${JSON.stringify(jwt(her, { iat: Math.floor(Date.now() / 1000) - 3000 }))};`;
    await old.goto(site.url);
    await old.getByRole("button", { name: "Show it here" }).click();
    await old.getByRole("button", { name: "Send me a code by mail" }).waitFor();
    await turn(old, "heed-my-data");
    await mirrored(old, "who one is");
    assert.deepEqual(old.faults, []);
    await old.context().close();
  });
}

/** The texts of an element's own language, turned where they stand; what people wrote and numbers stay. */
async function turn(page, tag) {
  const texts = (change) =>
    page.evaluate(
      ([tag, change]) => {
        document.documentElement.dir = "rtl";
        const place = document.querySelector(tag);
        const out = [], walker = document.createTreeWalker(place.shadowRoot ?? place, NodeFilter.SHOW_TEXT);
        for (let at = walker.nextNode(), i = 0; at; at = walker.nextNode()) {
          if (at.parentElement.closest("style, script, noscript, textarea, .number, .theirs, bdi") || !at.data.trim()) continue;
          if (change) at.data = change[i++];
          else out.push(at.data);
        }
        return out;
      },
      [tag, change],
    );
  await texts((await texts()).map(pseudo));
}

test("what overlaps, leaves the window or leans to the wrong side is found", async () => {
  const page = await open_page(clients.narrow);
  await embed(page, { account: person("ada"), post: "none" });
  await page.evaluate(() => (document.documentElement.dir = document.querySelector("heed-report").dir = "rtl"));
  await mirrored(page, "as it is");
  const spoil = (css) =>
    page.evaluate((css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      const place = document.querySelector("heed-report").shadowRoot;
      place.adoptedStyleSheets = [...place.adoptedStyleSheets.filter((one) => !one.spoils), Object.assign(sheet, { spoils: true })];
    }, css);
  for (const css of ["button.main { margin-block-start: -9rem; }", ".option { margin-right: -3rem; }", ".option { direction: ltr; }", "h2 { direction: ltr; }"]) {
    await spoil(css);
    await assert.rejects(mirrored(page, css), css);
  }
  await page.context().close();
});

test("styles of the parties' pages name no left and no right", () => {
  const folders = ["web/src/shared", "web/src/report", "web/src/case", "web/src/data", "web/pages", "web/demo"];
  const sided = /(?:margin|padding|border|inset)-(?:left|right)|(?:^|[\s;{])(?:left|right|float|clear)\s*:|text-align:\s*(?:left|right)/;
  assert.match("  padding-left: 1rem;", sided);
  assert.match("{ left: 0; }", sided);
  for (const folder of folders)
    for (const file of readdirSync(join(root, folder)).filter((name) => /\.(css|ts)$/.test(name))) {
      readFileSync(join(root, folder, file), "utf8").split("\n").forEach((line, i) => {
        if (file.endsWith(".css") || file.includes("style")) assert.doesNotMatch(line, sided, `${folder}/${file}:${i + 1}`);
      });
    }
});
