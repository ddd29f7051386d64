// /console: what policy authors, analysts and administrators do; practice; looking after oneself; what parties added.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { assert, axe, clients, no_sideways_scroll, open_page, person, root, test, the_house, words_in } from "./browser.mjs";
import { until } from "./cases.mjs";
import { clear_queue, enter, here, member, pile, sign_in } from "./console_test.mjs";
import { Heed } from "./heed.mjs";

const clean = async (page, where) => {
  await axe(page, where);
  await no_sideways_scroll(page, where);
  const words = await words_in(page.locator("heed-console"));
  assert.ok(!/undefined|\{\w+\}|NaN/.test(words), `${where}: ${words}`);
};

for (const [theme, client] of [["light", "desktop"], ["dark", "narrow"]]) {
  test(`console rules: a rule is stopped and let on with a reason, clauses are in words, ${theme}, ${client}`, async () => {
    const german = client === "narrow";
    const page = await open_page({ ...clients[client], colorScheme: theme, ...(german ? { locale: "de-DE" } : {}) });
    await enter(page, await member("admin"));
    await page.keyboard.press("y");
    const row = page.locator("heed-rules-page tbody tr").first();
    await row.waitFor();
    for (const closed = page.locator("heed-rules-page details:not([open]) > summary"); await closed.count(); ) await closed.first().click();
    await page.locator("heed-pack-trial #file").waitFor();
    await clean(page, `rules, ${theme}, ${client}`);
    const before = await row.locator(".badge").innerText();
    await row.getByRole("button").first().click();
    await page.getByRole("dialog").waitFor();
    await axe(page, `rule dialog, ${theme}`);
    await page.locator("#mode").selectOption("off");
    await page.locator("#reason").fill("Flags a football club. <b>");
    await page.locator("dialog button.main").click();
    await row.getByText("Flags a football club. <b>").waitFor();
    assert.equal(await row.locator(".badge").innerText(), german ? "aus" : "off");
    await row.getByRole("button").first().click();
    await page.getByRole("dialog").waitFor();
    await page.locator("#mode").selectOption("on");
    await page.locator("#reason").fill("It was read again.");
    await page.locator("dialog button.main").click();
    await row.getByText("It was read again.").waitFor();
    assert.equal(await row.locator(".badge").innerText(), before);
    await row.getByRole("button").nth(1).click();
    await page.locator("heed-rules-page #effects").waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("console rules: a change is tried against examples, scenarios and what people judged, and stays where it was", async () => {
  await clear_queue();
  const { heed } = await pile({ posts: 2, authors: 1, text: (i) => `your moss is dull, number ${i}` });
  await heed.decide("violation");
  const page = await open_page();
  await sign_in(page, "grace");
  await page.keyboard.press("y");
  const trial = page.locator("heed-pack-trial");
  await page.locator("heed-rules-page tbody tr").first().waitFor();  // what stands above the trial moves it until then
  await trial.locator("summary").first().click();
  await trial.locator("#file").selectOption("rules|rules/spam.yaml");
  await page.waitForFunction(() => document.querySelector("heed-console").shadowRoot.querySelector("heed-rules-page").shadowRoot.querySelector("heed-pack-trial").shadowRoot.querySelector("#text")?.value.includes("spam_links"));
  const held = await trial.locator("#text").inputValue();
  const rule = `
- id: about_moss
  version: "2026-11-22"
  clause: targeted_harassment
  why: "moss"
  when: post.text.contains("moss")
  signals: [{category: harassment, score: 0.99}]
  mode: on
  examples: {match: ["moss"], no_match: ["ferns"]}
`;
  await trial.locator("#text").fill(held + rule);
  await trial.locator("ins").first().waitFor();
  assert.equal(await trial.locator("del").count(), 0);
  await trial.locator("#scenario").fill('post actor=u1 text="a fern"\nexpect verdict=flag');
  await trial.locator("#recent").selectOption("1000");
  await trial.getByRole("button", { name: "Try it" }).click();
  await trial.getByText(/Held against \d+ posts that people/).waitFor();
  await trial.getByText(/Held against [1-9][\d,]* posts of the last three days/).waitFor();
  await trial.getByRole("rowheader", { name: "about_moss" }).waitFor();
  await trial.getByRole("cell", { name: "about_moss" }).waitFor();
  assert.match(await words_in(trial), /your moss is dull/);
  assert.match(await trial.locator("pre").last().innerText(), /yours:2/);
  await clean(page, "trial");
  await trial.locator("#text").fill(held + rule.replace("post.text", "post.txet"));
  await trial.getByRole("button", { name: "Try it" }).click();
  await trial.getByText("It cannot be read").waitFor();
  assert.match(await words_in(trial), /rules\/spam\.yaml:\d+/);
  await axe(page, "trial with faults");
  const rules = (await (await heed.staff("grace"))("GET", "/v1/rules")).json.items;
  assert.ok(!rules.some((one) => one.rule === "about_moss"), "nothing of it is in force");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console rules: versions of the pack, with who and when, and what changed line by line", async () => {
  await the_house();
  const heed = await Heed.start({}, (fresh) => {
    fresh.pack = join(fresh.folder, "pack");
    cpSync(join(root, "policies/default"), fresh.pack, { recursive: true });
    fresh.environment.HEED_POLICY_DIR = fresh.pack;
  });
  try {
    const grace = await heed.staff("grace"), versions = async () => (await grace("GET", "/v1/pack/versions")).json.items;
    await until(versions, (all) => all.length === 1);
    const hate = join(heed.pack, "clauses/hate.yaml");
    writeFileSync(hate, readFileSync(hate, "utf8") + "# read by two people <b>\n");
    heed.process.kill("SIGHUP");
    await until(versions, (all) => all.length === 2);
    const page = await open_page();
    await sign_in(page, "grace", heed);
    await page.keyboard.press("y");
    const part = page.locator("heed-pack-history");
    await part.locator("summary").press("Enter");
    await part.locator("ol > li").nth(1).waitFor();
    assert.match(await part.locator("ol > li").first().innerText(), new RegExp(userInfo().username), "whose file it is");
    await axe(page, "versions of the pack");
    await part.getByRole("button", { name: "clauses/hate.yaml" }).press("Enter");
    await part.locator("ins").first().waitFor();
    assert.match(await part.locator("ins").first().innerText(), /read by two people <b>/);
    assert.equal(await part.locator("del").count(), 0);
    await axe(page, "what changed in the pack");
    await no_sideways_scroll(page, "what changed in the pack");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  } finally {
    await heed.stop();
  }
});

test("console: an analyst sees figures and rules, no case and no key; a table is saved", async () => {
  await clear_queue();
  const { case_id, heed } = await pile({ posts: 1, authors: 1 });
  await heed.decide("no_violation");
  const name = await member("analyst");
  const page = await open_page();
  await enter(page, name);
  await page.locator("heed-lead-page table").first().waitFor();
  await clean(page, "analyst's overview");
  const links = await page.locator("heed-console nav a").allInnerTexts();
  assert.deepEqual(links, ["Overview", "Rules"]);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "As a table (CSV)" }).click()]);
  assert.match(saved.suggestedFilename(), /^heed-\d{4}-\d\d-\d\d\.csv$/);
  for (const place of [`#/case/${case_id}`, "#/search", "#/house"]) {
    await page.evaluate((hash) => (location.hash = hash), place);
    await page.waitForTimeout(50);
    assert.equal(await page.locator("heed-case-desk, heed-search-page, heed-admin-page").count(), 0, place);
  }
  const analyst = await heed.staff(name);
  assert.equal((await analyst("GET", `/v1/cases/${case_id}`)).status, 403);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

for (const [theme, client] of [["light", "desktop"], ["dark", "narrow"]]) {
  test(`console house: an administrator makes a key, sees it once and revokes it, ${theme}, ${client}`, async () => {
    const { heed } = await the_house();
    const german = client === "narrow";
    const page = await open_page({ ...clients[client], colorScheme: theme, ...(german ? { locale: "de-DE" } : {}) });
    await enter(page, await member("admin"));
    await page.keyboard.press("Shift+H");
    const house = page.locator("heed-admin-page");
    await house.getByText(german ? "Es nimmt Beiträge" : "It takes posts").waitFor();
    const name = person("bridge");
    await house.locator("section[aria-labelledby=keys] summary").click();
    await house.locator("#key-name").fill(`${name}<img src=x>`);
    await house.getByLabel("cases:read").check();
    await clean(page, `house, ${theme}`);
    await house.locator("form button.main").click();
    await house.locator("code").waitFor();
    const token = await house.locator("code").innerText();
    await clean(page, `new key, ${theme}`);
    const opens = async () => (await heed.call("GET", "/v1/cases", undefined, { Authorization: `Bearer ${token}` })).status;
    assert.equal(await opens(), 200);
    await house.getByRole("button", { name: german ? "Ich habe ihn kopiert" : "I have copied it" }).click();
    assert.equal(await house.locator("code").count(), 0);
    await house.locator("tbody tr").first().waitFor();
    const row = house.locator("tbody tr").filter({ hasText: name });
    assert.match(await row.innerText(), /<img src=x>/);
    await row.getByRole("button").click();
    await row.getByText(german ? "der Server der Plattform kann keine Fälle mehr lesen" : "the platform's server cannot read cases").waitFor();
    await clean(page, `what a key stops, ${theme}`);
    await row.getByRole("button").first().click();
    await house.getByText(german ? "Er öffnet nichts mehr." : "It opens nothing any more.").waitFor();
    for (let tries = 0; (await opens()) !== 401; ++tries) {
      assert.ok(tries < 40, "a revoked key opens nothing");
      await new Promise((done) => setTimeout(done, 50));
    }
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

for (const [theme, client] of [["light", "desktop"], ["dark", "narrow"]]) {
  test(`console house: an administrator reads the settings, of secrets only that they are set, ${theme}, ${client}`, async () => {
    const german = client === "narrow", { heed } = await the_house();
    const page = await open_page({ ...clients[client], colorScheme: theme, ...(german ? { locale: "de-DE" } : {}) });
    await enter(page, await member("admin"));
    await page.keyboard.press("Shift+H");
    const part = page.locator("heed-settings");
    await part.locator("summary").focus();
    await page.keyboard.press("Enter");
    const rows = part.locator("tbody tr");
    await rows.first().waitFor();
    await clean(page, `settings, ${theme}, ${client}`);
    const secret = rows.filter({ hasText: "users.hs256_secret" });
    assert.match(await secret.innerText(), german ? /gesetzt und geheim/ : /set, and secret/);
    assert.match(await secret.innerText(), german ? /Umgebung/ : /environment/);
    assert.ok(!(await words_in(part)).includes(heed.environment.HEED_USERS_HS256_SECRET));
    assert.match(await rows.filter({ hasText: "data.dir" }).first().innerText(), new RegExp(heed.folder));
    const few = await rows.count();
    await part.locator("#changed").uncheck();
    await until(() => rows.count(), (n) => n > few + 20);
    await part.locator("#part").fill("lease");
    await until(() => rows.count(), (n) => n === 1);
    assert.match(await rows.innerText(), /casework\.lease_ms[^]*300000/);
    await clean(page, `all settings, ${theme}, ${client}`);
    // A lead finds the house, and no settings in it.
    const lead = await open_page();
    await sign_in(lead, "grace");
    await lead.keyboard.press("Shift+H");
    await lead.locator("heed-admin-page h1").waitFor();
    assert.equal(await lead.locator("heed-settings").count(), 0);
    assert.equal((await (await heed.staff("grace"))("GET", "/v1/settings")).status, 403);
    for (const one of [page, lead]) {
      assert.deepEqual(one.faults, []);
      await one.context().close();
    }
  });
}

test("console practice: invented posts by keyboard alone, and the server hears nothing of it", async () => {
  for (const locale of ["en-GB", "de-DE"]) {
    const page = await open_page({ locale, colorScheme: locale === "de-DE" ? "dark" : "light" });
    await sign_in(page);
    const asked = [];
    await page.keyboard.press("Shift+P");
    await page.locator("heed-practice-page h1").waitFor();
    page.on("request", (request) => request.method() !== "GET" && asked.push(request.url()));
    for (let i = 0; i < 8; ++i) {
      await page.keyboard.press(i % 2 ? "n" : "d");
      await page.locator("heed-practice-page #next").waitFor();
      if (i === 0) await clean(page, `practice, ${locale}`);
      await page.keyboard.press("c");
    }
    await page.getByText(locale === "de-DE" ? "Das war die Übung" : "That was the practice").waitFor();
    await clean(page, `practice, over, ${locale}`);
    assert.match(await words_in(page.locator("heed-practice-page")), /4 (of|von) 8/);
    assert.deepEqual(asked, []);
    await page.context().close();
  }
});

test("console: who is spared a kind of posts is not offered them, and a cap leads to milder work", async () => {
  await clear_queue();
  const { case_id, heed } = await pile({ posts: 3, authors: 1 });
  const page = await open_page();
  await sign_in(page);
  await page.keyboard.press(",");
  await page.getByRole("dialog").waitFor();
  await page.getByLabel("insult", { exact: true }).check();
  await page.getByLabel("Do not offer me posts of these kinds either").check();
  await axe(page, "settings, spared");
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await page.getByText("of kinds that you chose to be spared").waitFor();
  await page.keyboard.press(",");
  await page.getByLabel("insult", { exact: true }).uncheck();
  await page.locator("#cap").selectOption("100");
  await page.getByRole("button", { name: "Close" }).click();
  // What is seen in another browser counts here too.
  const elsewhere = await heed.staff("ada");
  assert.equal((await elsewhere("POST", "/v1/shift", { anew: true })).status, 200);
  assert.equal((await elsewhere("POST", "/v1/shift", { seen: 100, grave: 1, by_category: { threat: 100 } })).json.seen, 100);
  await page.clock.install();
  await page.reload();
  await page.getByText("You have seen 100 posts in this shift").waitFor();
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/claims"));
  await page.keyboard.press("c");
  assert.equal((await sent).postDataJSON().severity_max, 40);
  await page.getByText("nothing milder waits").waitFor();
  await axe(page, "cap");
  // A particular case can be taken all the same: nobody is locked out of their work. What is seen there is counted on.
  await page.locator("li.place button").first().click();
  await page.waitForURL(new RegExp(case_id));
  await here(page).first().waitFor();
  await page.clock.runFor(60_000);
  await until(async () => (await elsewhere("GET", "/v1/shift")).json.seen, (seen) => seen > 100);
  await elsewhere("POST", "/v1/shift", { anew: true });
  await page.keyboard.press("b");
  await page.locator("heed-queue-page h1").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

/** A PNG of one colour. */
function png(width, height) {
  const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n) >>> 0);
  const crc = (bytes) => (bytes.reduce((c, byte) => table[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 200)]);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.concat(Array(height).fill(row)))), chunk("IEND", Buffer.alloc(0))]);
}

test("console case: what a party added is text, and her picture blurred and grey until somebody wants otherwise", async () => {
  await clear_queue();
  const { heed, her, case_id } = await pile({ posts: 1, authors: 1 });
  const own = (await heed.user(her, "GET", "/v1/cases")).json.items[0];
  for (const body of [
    { form: "link", url: "https://evil.example/?%3Cscript%3E", about: "<b>The same man</b>, elsewhere." },
    { form: "file", data: png(40, 30).toString("base64"), name: "shot.png", about: "What he sent me." },
  ]) {
    const added = await heed.user(her, "POST", `/v1/cases/${own.case_id}/evidence`, body);
    assert.equal(added.status, 201, added.text);
  }
  const page = await open_page();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await sign_in(page);
  await page.evaluate((id) => (location.hash = `#/case/${id}`), case_id);
  await here(page).first().waitFor();
  const pieces = page.locator("heed-case-pieces");
  await pieces.locator("#pieces > summary").click();
  await pieces.getByText("<b>The same man</b>, elsewhere.").waitFor();
  assert.equal(await pieces.locator("a, b, img, script").count(), 0);
  assert.equal(await pieces.locator("canvas").count(), 0, "not before it is asked for");
  assert.ok(!asked.some((url) => /evidence\/evd_/.test(url)), "nor loaded");
  await pieces.getByRole("button", { name: "Show the picture" }).click();
  const canvas = pieces.locator("canvas");
  await canvas.waitFor();
  const filter = () => canvas.evaluate((one) => getComputedStyle(one).filter);
  assert.match(await filter(), /blur.*grayscale/);
  await axe(page, "pieces");
  await pieces.getByRole("button", { name: "blurred" }).click();
  assert.equal(await filter(), "grayscale(1)");
  await pieces.getByRole("button", { name: "without colour" }).click();
  assert.equal(await filter(), "none");
  assert.equal(await canvas.evaluate((one) => one.width), 40);
  assert.ok(asked.every((url) => new URL(url).origin === new URL(page.url()).origin || url.startsWith("blob:")));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console queue: a view shows less, is kept under a name, and changes nobody's order", async () => {
  await clear_queue();
  const { case_id } = await pile({ posts: 1, authors: 1 });
  const page = await open_page();
  await sign_in(page);
  const places = page.locator("heed-queue-page li.place");
  await places.first().waitFor();
  await page.locator("heed-queue-page summary").click();
  await page.locator("#lane").selectOption("life");
  await page.getByText("Nothing of this kind stands among the first places.").waitFor();
  await page.getByRole("button", { name: "Keep this view" }).click();
  await page.locator("#view-name").fill("lives <b>first</b>");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "lives <b>first</b>", exact: true }).waitFor();
  await clean(page, "view");
  await page.reload();
  await places.first().waitFor();
  await page.locator("heed-queue-page summary").click();
  await page.getByRole("button", { name: "lives <b>first</b>", exact: true }).click();
  assert.equal(await places.count(), 0);
  // The gravest all the same, whatever is shown.
  await page.keyboard.press("c");
  await page.waitForURL(new RegExp(case_id));
  await here(page).first().waitFor();
  await page.keyboard.press("b");
  await places.first().waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
