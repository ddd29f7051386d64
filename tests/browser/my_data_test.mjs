// /my-data and <heed-my-data>: what is held about a person, seen and saved.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { assert, axe, clients, focused, jwt, no_sideways_scroll, open_page, person, test, the_house } from "./browser.mjs";
import { until } from "./cases.mjs";
import { Heed } from "./heed.mjs";
import { WebKit, webkit_missing } from "./webkit.mjs";

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

for (const [lang, theme, client] of [["en", "light", "desktop"], ["de", "dark", "narrow"]]) {
  test(`she chooses when our mails come, in the time of her device (${lang}, ${theme}, ${client})`, async () => {
    const { heed, her } = await with_data();
    const de = lang === "de";
    const link = await heed.platform("POST", "/v1/report-links", { account_id: her, locale: lang, page: "my-data" });
    const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang, timezoneId: "Asia/Kolkata" });
    await page.goto(heed.url + link.json.url);
    await page.getByText(de ? "Wann unsere E-Mails kommen" : "When our mails come").click();
    const at = page.getByLabel(de ? "Die eine E-Mail am Tag kommt um" : "The one mail a day comes at");
    await at.waitFor();
    await page.getByText("Asia/").waitFor();
    assert.match(await at.locator("option").first().innerText(), /12:30/, "the platform's seven o'clock UTC, half past twelve in India");
    await axe(page, "mail");
    await no_sideways_scroll(page, "mail");
    await at.selectOption({ label: "18:00" });
    await page.getByRole("button", { name: de ? "Diese Zeit behalten" : "Keep this time" }).click();
    await page.getByRole("status").filter({ hasText: de ? "Das gilt jetzt" : "It is kept" }).waitFor();
    const kept = (await heed.user(her, "GET", "/v1/me/mail")).json;
    const zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
    assert.deepEqual([kept.digest_at, kept.zone], ["18:00", zone], "her hour in her zone, which stays when clocks change");
    await axe(page, "mail, kept");
    await page.reload();
    await page.getByText(de ? "Wann unsere E-Mails kommen" : "When our mails come").click();
    await at.waitFor();
    assert.equal(await at.evaluate((one) => one.selectedOptions[0].label.trim()), "18:00");
    await at.selectOption("");
    await page.getByRole("button", { name: de ? "Diese Zeit behalten" : "Keep this time" }).click();
    await page.getByRole("status").filter({ hasText: de ? "Das gilt jetzt" : "It is kept" }).waitFor();
    assert.equal((await heed.user(her, "GET", "/v1/me/mail")).json.chosen, false);
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

/** A mailbox: takes every mail and keeps its text. */
class Mailbox {
  static async start() {
    const box = new Mailbox();
    box.mails = [];
    box.server = createServer((socket) => {
      let waiting = "", text = "", taking = false;
      socket.write("220 here\r\n");
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        waiting += bytes;
        for (let end = waiting.indexOf("\r\n"); end >= 0; end = waiting.indexOf("\r\n")) {
          const line = waiting.slice(0, end);
          waiting = waiting.slice(end + 2);
          if (taking && line === ".") {
            taking = false;
            box.mails.push(text);
            text = "";
            socket.write("250 taken\r\n");
          } else if (taking) text += line + "\n";
          else if (/^DATA/i.test(line)) {
            taking = true;
            socket.write("354 go on\r\n");
          } else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
          else socket.write("250 fine\r\n");
        }
      });
    });
    await new Promise((done) => box.server.listen(0, "127.0.0.1", done));
    box.url = `smtp://127.0.0.1:${box.server.address().port}`;
    return box;
  }
  stop() {
    return new Promise((done) => this.server.close(done));
  }
}

for (const [lang, theme, client] of [["en", "light", "desktop"], ["de", "dark", "narrow"]]) {
  test(`whoever borrowed her open page gets and erases nothing without the code from her mail; she does (${lang}, ${theme}, ${client})`, async () => {
    const de = lang === "de", box = await Mailbox.start();
    const heed = await Heed.start({ HEED_MAIL_NOTICES: "true", HEED_MAIL_SMTP_URL: box.url, HEED_MAIL_FROM: "heed@example.org", HEED_MAIL_TLS: "off", HEED_PLATFORM_PAGE_URL: "https://heed.example/case" });
    try {
      const report = await heed.call("POST", "/v1/guest-reports", { reporter: { email: "kim@example.org", name: "Kim" }, items: [{ kind: "url", url: "https://forum.example/t/9" }], about: "someone_else", symptoms: ["harassment"], comment: "It is about my sister." });
      assert.equal(report.status, 201, report.text);
      const case_id = report.json.status_url.split("/").pop();
      const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang, acceptDownloads: true });
      await page.goto(`${heed.url}/case#case=${case_id}&key=${report.json.case_key}`);
      await page.getByRole("link", { name: de ? "was über Sie vorhanden ist" : "what is held about you" }).click();
      await page.getByRole("button", { name: de ? "Hier zeigen" : "Show it here" }).click();
      await page.getByText(de ? "Bitte zeigen Sie, dass Sie es sind" : "Please show that it is you").waitFor();
      assert.match((await focused(page)).name, de ? /Bitte zeigen/ : /Please show/);
      assert.ok(!(await page.locator("heed-my-data").evaluate((one) => one.shadowRoot.textContent)).includes("my sister"));
      await axe(page, "who are you");
      await no_sideways_scroll(page, "who are you");
      const code = async () => {
        const before = box.mails.length;
        await page.getByRole("button", { name: de ? "Code per E-Mail senden" : "Send me a code by mail" }).click();
        await page.locator("#identity-code").waitFor();
        const mails = await until(async () => box.mails.slice(before), (all) => all.some((one) => /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.test(one.replace(/H-[0-9A-Z]{4}-[0-9A-Z]{4}/g, ""))));
        return mails.map((one) => one.replace(/H-[0-9A-Z]{4}-[0-9A-Z]{4}/g, "").match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/)?.[0]).find(Boolean);
      };
      const first = await code();
      await axe(page, "the code");
      await page.locator("#identity-code").fill("0000-0000");
      await page.getByRole("button", { name: de ? "Weiter" : "Go on" }).click();
      await page.getByRole("alert").filter({ hasText: de ? "Dieser Code stimmt nicht" : "This code is not right" }).waitFor();
      await page.locator("#identity-code").fill(first);
      await page.getByRole("button", { name: de ? "Weiter" : "Go on" }).click();
      await page.getByRole("heading", { name: de ? "Was über Sie vorhanden ist" : "What is held about you" }).waitFor();
      assert.equal(await page.locator("#identity").count(), 0);
      for (const summary of await page.locator("summary").all()) await summary.click();
      assert.ok((await page.locator("heed-my-data section").first().innerText()).includes("my sister"));
      // What was fetched with one code is saved without another; erasing needs a new one.
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: de ? "Als Datei speichern" : "Save it as a file" }).click()]);
      assert.equal(download.suggestedFilename(), "my-data.json");
      assert.deepEqual(page.faults, []);
      await page.context().close();
    } finally {
      await heed.stop();
      await box.stop();
    }
  });

  test(`she has erased what is held about her, after being asked, and reads what stays and why (${lang}, ${theme}, ${client})`, async () => {
    const de = lang === "de", { heed, her } = await with_data();
    const link = await heed.platform("POST", "/v1/report-links", { account_id: her, locale: lang, page: "my-data" });
    const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang });
    await page.goto(heed.url + link.json.url);
    await page.getByRole("button", { name: de ? "Ich möchte es löschen lassen" : "I want it erased" }).click();
    assert.match((await focused(page)).name, de ? /nicht zurücknehmen/ : /cannot be taken back/);
    await axe(page, "erase?");
    await no_sideways_scroll(page, "erase?");
    await page.getByRole("button", { name: de ? "Nein, alles lassen" : "No, leave everything" }).click();
    assert.equal((await heed.user(her, "GET", "/v1/cases")).json.items.length, 1, "nothing is gone yet");
    await page.getByRole("button", { name: de ? "Ich möchte es löschen lassen" : "I want it erased" }).click();
    await page.getByRole("button", { name: de ? "Ja, jetzt löschen" : "Yes, erase it now" }).click();
    await page.getByText(de ? "Jetzt gelöschte Fälle: 1." : "Cases erased now: 1.").waitFor();
    assert.match((await focused(page)).name, de ? /Was gelöscht wurde/ : /What was erased/);
    const words = await page.locator("heed-my-data section").first().innerText();
    assert.match(words, de ? /Ihr Profil/ : /Your profile/);
    assert.ok(!/undefined|null|\{\w+\}/.test(words), words);
    if (de) for (const english of [" the ", "Posts that", "What the platform"]) assert.ok(!words.includes(english), words);
    await axe(page, "erased");
    await no_sideways_scroll(page, "erased");
    assert.equal((await heed.user(her, "GET", "/v1/cases")).json.items.length, 0);
    await page.getByRole("button", { name: de ? "Hier zeigen" : "Show it here" }).click();
    await page.getByText(de ? "Es gibt keinen Fall über Sie oder von Ihnen." : "There is no case about you or from you.").waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("with an old sign-in and no mail address she is told how to go on, and gets nothing", async () => {
  const { her } = await with_data();
  const { site } = await the_house();
  const now = Math.floor(Date.now() / 1000), page = await open_page(clients.narrow);
  site.lang = "en";
  site.body = `<h1>A forum</h1><heed-my-data server="${site.heed}"></heed-my-data>`;
  site.script = `document.querySelector("heed-my-data").token = ${JSON.stringify(jwt(her, { iat: now - 20 * 60, exp: now + 3600 }))};`;
  await page.goto(site.url);
  await page.getByRole("button", { name: "Show it here" }).click();
  await page.getByRole("button", { name: "Send me a code by mail" }).click();
  await page.getByRole("alert").filter({ hasText: "We cannot send you a code" }).waitFor();
  await axe(page, "no code");
  assert.equal(await page.getByRole("heading", { name: "What is held about you" }).count(), 0);
  await page.context().close();
});

test("what is held about her is shown, and erased, by keyboard alone (iphone: WebKit)", async () => {
  const missing = webkit_missing();
  if (missing) return missing;
  const { heed, her } = await with_data();
  const { site } = await the_house();
  const webkit = await WebKit.start();
  try {
    site.lang = "en";
    site.body = `<h1>A forum</h1><heed-my-data server="${site.heed}"></heed-my-data>`;
    site.script = `document.querySelector("heed-my-data").token = ${JSON.stringify(jwt(her))};`;
    await webkit.size(390, 844);
    await webkit.go(site.url);
    const inside = (script) => `const r = document.querySelector("heed-my-data")?.shadowRoot; const at = r?.activeElement; return r ? (${script}) : false;`;
    await webkit.until(inside(`!!r.querySelector("button")`), "the page");
    const press = async (words) => {
      for (let i = 0; i < 60; ++i) {
        if (await webkit.run(inside(`!!at && at.innerText === ${JSON.stringify(words)}`))) return webkit.press("Enter");
        await webkit.press("Tab");
      }
      assert.fail(`the keyboard does not reach "${words}"`);
    };
    await press("Show it here");
    await webkit.until(inside(`at?.id === "held"`), "what is held");
    assert.ok(await webkit.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "wider than the window");
    await press("I want it erased");
    await webkit.until(inside(`at?.id === "erase-sure"`), "the question");
    await press("Yes, erase it now");
    await webkit.until(inside(`at?.id === "erased"`), "what went");
    assert.equal((await heed.user(her, "GET", "/v1/cases")).json.items.length, 0);
  } finally {
    await webkit.stop();
  }
});
