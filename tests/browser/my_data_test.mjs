// /my-data and <heed-my-data>: what is held about a person, seen and saved.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, axe, clients, focused, jwt, no_sideways_scroll, open_page, person, test, the_house } from "./browser.mjs";
import { until } from "./cases.mjs";

const kTheirs = "you stupid worthless cow";

async function with_data() {
  const { heed } = await the_house();
  const her = person("edda"), him = person("troll"), post = person("p");
  await heed.platform("POST", "/v1/accounts", JSON.stringify({ id: her, handle: `${her}-handle`, created_at: "2020-01-01T00:00:00.000Z" }) + "\n");
  await heed.posts({ id: post, by: him, to: her, text: kTheirs });
  const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], comment: "It is <b>about</b> me.", items: [{ kind: "post", id: post }] });
  assert.equal(receipt.status, 201, receipt.text);
  return { heed, her, him, number: receipt.json.number };
}

for (const [lang, theme, client] of [["en", "light", "desktop"], ["de", "dark", "narrow"]]) {
  test(`she sees and saves what is held about her, from her case (${lang}, ${theme}, ${client})`, async () => {
    const { heed, her, number } = await with_data();
    const de = lang === "de";
    const link = await heed.platform("POST", "/v1/report-links", { account_id: her, locale: lang, page: "case" });
    const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang, acceptDownloads: true });
    await page.goto(heed.url + link.json.url);
    await page.getByRole("link", { name: de ? "was über Sie vorhanden ist" : "what is held about you" }).click();
    await page.getByRole("heading", { name: de ? "Ihre Daten" : "Your data" }).waitFor();
    assert.equal(page.url(), heed.url + "/my-data");
    await axe(page, "my data");
    await page.getByRole("button", { name: de ? "Hier zeigen" : "Show it here" }).click();
    const held = page.getByRole("heading", { name: de ? "Was über Sie vorhanden ist" : "What is held about you" });
    await held.waitFor();
    assert.match((await focused(page)).name, de ? /vorhanden/ : /held/);
    for (const summary of await page.locator("summary").all()) await summary.click();
    const words = await page.locator("heed-my-data section").innerText();
    for (const own of [number, her, "It is <b>about</b> me."]) assert.ok(words.includes(own), own);
    assert.ok(!words.includes(kTheirs), "not what others wrote");
    assert.ok(!/undefined|null|\{\w+\}|\[object/.test(words), words);
    if (de) for (const english of ["Nothing", " the ", "Show", "Case "]) assert.ok(!words.includes(english), english);
    await axe(page, "my data, all open");
    await no_sideways_scroll(page, "my data, all open");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: de ? "Als Datei speichern" : "Save it as a file" }).click()]);
    assert.equal(download.suggestedFilename(), "my-data.json");
    const path = join(heed.folder, `my-data-${lang}.json`);
    await download.saveAs(path);
    const saved = JSON.parse(readFileSync(path, "utf8"));
    assert.equal(saved.account_id, her);
    assert.equal(saved.cases[0].case.number, number);
    await page.getByRole("link", { name: de ? "Zurück zu Ihren Fällen" : "Back to your cases" }).click();
    await page.locator(".number").waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("an author finds no trace of who reported in what is held about him", async () => {
  await (await the_house()).heed.decide("no_violation"); // what other tests have left
  const { heed, her, him } = await with_data();
  await heed.decide("violation", "It calls her names.");
  await until(async () => (await heed.user(him, "GET", "/v1/cases")).json.items, (items) => items.length > 0);
  const { site } = await the_house();
  const page = await open_page();
  site.lang = "en";
  site.body = `<h1>A forum</h1><heed-my-data server="${site.heed}"></heed-my-data>`;
  site.script = `document.querySelector("heed-my-data").token = ${JSON.stringify(jwt(him))};`;
  await page.goto(site.url);
  await page.getByRole("button", { name: "Show it here" }).click();
  await page.getByRole("heading", { name: "What is held about you" }).waitFor();
  for (const summary of await page.locator("summary").all()) await summary.click();
  const words = await page.locator("heed-my-data section").innerText();
  assert.ok(words.includes(kTheirs), "his own post is his");
  for (const hers of [her, "It is <b>about</b> me."]) assert.ok(!words.includes(hers), hers);
  await axe(page, "my data, embedded");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the page about a person's data opens for that person alone", async () => {
  const { heed, her } = await with_data();
  const direct = await heed.platform("POST", "/v1/report-links", { account_id: her, locale: "en", page: "my-data" });
  assert.match(direct.json.url, /\/my-data#code=/);
  const page = await open_page();
  await page.goto(heed.url + direct.json.url);
  await page.getByRole("button", { name: "Show it here" }).click();
  await page.getByText(her).first().waitFor();
  await page.context().close();
  const thief = await open_page();
  await thief.goto(heed.url + direct.json.url);
  await thief.getByRole("alert").filter({ hasText: "used already or is too old" }).waitFor();
  await axe(thief, "my data, used link");
  await thief.context().close();
  const nobody = await open_page(clients.narrow);
  await nobody.goto(heed.url + "/my-data");
  await nobody.getByRole("alert").filter({ hasText: "open this page from the app" }).waitFor();
  await axe(nobody, "my data, nobody");
  await nobody.context().close();
});
