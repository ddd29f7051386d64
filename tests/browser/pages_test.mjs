// The hosted pages: /report, /legal-notice, /case, and how an app hands somebody over.
import { assert, axe, clients, no_sideways_scroll, open_page, person, test, the_house } from "./browser.mjs";

const in_tab = (url) => url.slice(0, url.indexOf("#") < 0 ? undefined : url.indexOf("#"));

test("an app hands over with a link that works once and leaves nothing in the address", async () => {
  const { heed } = await the_house();
  const her = person("caro"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
  const link = await heed.platform("POST", "/v1/report-links", { account_id: her, locale: "de", channel: "ios", items: [{ kind: "post", id: post }] });
  assert.equal(link.status, 201, link.text);
  const page = await open_page(clients.android);
  await page.goto(heed.url + link.json.url);
  await page.getByText("Was passiert?").waitFor();
  assert.equal(page.url(), in_tab(page.url()), "the code is gone from the address");
  await axe(page, "hosted");
  await no_sideways_scroll(page, "hosted");
  await page.getByRole("checkbox").nth(4).check();
  await page.locator("button.main").click();
  await page.locator("input[name=about][value=me]").check();
  await page.locator("button.main").click();
  await page.locator("button.main").click();
  await page.locator("input[name=fears_for_safety][value=no]").check();
  await page.locator("button.main").click();
  await page.locator("button.main").click();
  const number = await page.locator(".number").innerText();
  await page.getByRole("link", { name: "Sehen, wie es steht" }).click();
  await page.getByRole("heading", { name: "Ihr Fall" }).waitFor();
  assert.equal(await page.locator(".number").innerText(), number);
  assert.deepEqual(page.faults, []);
  await page.context().close();

  const thief = await open_page();
  await thief.goto(heed.url + link.json.url);
  await thief.getByRole("alert").filter({ hasText: "schon benutzt oder ist zu alt" }).or(thief.getByRole("alert").filter({ hasText: "used already or is too old" })).waitFor();
  await axe(thief, "used link");
  await thief.context().close();
});

test("somebody without an account reports and can read the case", async () => {
  const { heed } = await the_house();
  const page = await open_page({ ...clients.narrow, colorScheme: "dark" });
  await page.goto(heed.url + "/report#url=https://forum.example/t/1");
  await page.getByRole("checkbox", { name: /threatens to hurt or kill/ }).check();
  await page.locator("button.main").click();
  await page.locator("input[name=about][value=someone_else]").check();
  await page.locator("button.main").click();
  assert.equal(await page.locator("input[name=extent][value=pile]").count(), 0, "no pile without an account");
  await page.locator("button.main").click();
  assert.equal(await page.locator("input[name=relief]").count(), 0, "nothing to hide without an account");
  await page.locator("input[name=fears_for_safety][value=yes]").check();
  await page.locator("button.main").click();
  await page.locator("button.main").click();
  await page.getByRole("alert").filter({ hasText: "Please give a mail address" }).waitFor();
  await axe(page, "contact");
  await page.locator("#mail").fill("kim@example.org");
  await page.locator("button.main").click();
  const number = await page.locator(".number").innerText();
  await axe(page, "done");
  await page.getByRole("link", { name: "See how it stands" }).click();
  await page.getByRole("heading", { name: "Your case" }).waitFor();
  assert.equal(await page.locator(".number").innerText(), number);
  assert.equal(page.url(), heed.url + "/case");
  await page.reload();
  await page.getByRole("heading", { name: "Your case" }).waitFor();
  await axe(page, "case of a guest");
  await no_sideways_scroll(page, "case of a guest");
  assert.equal(await page.getByRole("button", { name: /Hide these posts/ }).count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("two reports with one mail address share nothing, and no address opens another's", async () => {
  const { heed } = await the_house();
  const body = { reporter: { email: "sam@example.org" }, items: [{ kind: "url", url: "https://forum.example/t/2" }], about: "everyone", symptoms: ["hate"] };
  const [a, b] = [await heed.call("POST", "/v1/guest-reports", body), await heed.call("POST", "/v1/guest-reports", body)];
  assert.deepEqual([a.status, b.status], [201, 201], a.text + b.text);
  assert.deepEqual(Object.keys(a.json), Object.keys(b.json));
  for (const name of ["report_id", "number", "status_url", "case_key"]) assert.notEqual(a.json[name], b.json[name], name);
  assert.ok(!("case_id" in a.json));
  const theirs = await heed.call("GET", b.json.status_url, undefined, { Authorization: `Bearer ${a.json.case_key}` });
  assert.equal(theirs.status, 404);
  // Twice under one key is one report.
  const key = { "Idempotency-Key": person("key-of-a-guest-") };
  const [c, d] = [await heed.call("POST", "/v1/guest-reports", body, key), await heed.call("POST", "/v1/guest-reports", body, key)];
  assert.equal(c.json.number, d.json.number);
  for (const bad of [{ ...body, reporter: undefined }, { ...body, reporter: { account_id: "somebody" } }, { ...body, pile: { target: "x", since: "2026-01-01T00:00:00.000Z" } }]) {
    const refused = await heed.call("POST", "/v1/guest-reports", bad);
    assert.ok([403, 422].includes(refused.status), refused.text);
  }
});

test("the legal notice works without JavaScript, says what is missing and makes one notice", async () => {
  const { heed } = await the_house();
  for (const [locale, fault, done] of [["en-GB", "Please give a mail address", "We have your notice"], ["de-DE", "Bitte geben Sie eine E-Mail-Adresse an", "Ihr Hinweis ist bei uns"]]) {
    const page = await open_page({ ...clients.narrow, javaScriptEnabled: false, locale });
    await page.goto(heed.url + "/legal-notice?url=https://forum.example/t/3%22%3E%3Cscript%3E");
    assert.equal(await page.locator("#where").inputValue(), 'https://forum.example/t/3"><script>', "text is text");
    await page.locator("#where").fill("https://forum.example/t/3");
    await page.locator("button").click();
    await page.getByRole("alert").filter({ hasText: fault }).waitFor();
    assert.equal(await page.locator("[aria-invalid=true]").count(), 3);
    assert.equal(await page.locator("#where").inputValue(), "https://forum.example/t/3", "what was right stays");
    await page.locator("#explanation").fill("It calls for violence <b>against</b> somebody.");
    await page.locator("#mail").fill("kim@example.org");
    await page.locator("#good_faith").check();
    await page.locator("button").click();
    await page.getByRole("heading", { name: done }).waitFor();
    assert.match(await page.locator("dd strong").innerText(), /^H-/);
    await page.context().close();
    const seen = await open_page({ ...clients.narrow, locale, colorScheme: "dark" });
    await seen.goto(heed.url + "/legal-notice");
    await axe(seen, "legal notice");
    await no_sideways_scroll(seen, "legal notice");
    await seen.locator("button").click();
    await axe(seen, "legal notice with faults");
    assert.deepEqual(seen.faults, []);
    await seen.context().close();
  }
});

test("whoever tells of the abuse of a child may stay nameless", async () => {
  const { heed } = await the_house();
  const form = new URLSearchParams({ where: "https://forum.example/t/4", what: "child_safety", explanation: "A child is hurt there.", good_faith: "yes" });
  const answer = await fetch(heed.url + "/legal-notice", { method: "POST", body: form });
  assert.equal(answer.status, 201);
});

test("pages may load nothing from elsewhere, and assets keep for ever", async () => {
  const { heed } = await the_house();
  for (const path of ["/report", "/case", "/my-data"]) {
    const page = await heed.call("GET", path);
    assert.match(page.headers.get("content-security-policy"), /^default-src 'none'; script-src 'self';/);
    assert.ok(!/unsafe|\*/.test(page.headers.get("content-security-policy")));
    assert.ok(!/<script>|<style| style=| on\w+=/.test(page.text), "no inline script or style");
    for (const [, asset] of page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      const got = await heed.call("GET", asset);
      assert.equal(got.status, 200, asset);
      assert.match(got.headers.get("cache-control"), /immutable/);
    }
  }
});
