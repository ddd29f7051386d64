// The link in a statement of reasons: a suspended account has no log-in, and its owner reads and objects all the same.
import { assert, axe, clients, focused, no_sideways_scroll, open_page, person, test } from "./browser.mjs";
import { until } from "./cases.mjs";
import { Heed } from "./heed.mjs";

const kPost = "you stupid worthless cow", kPage = "https://heed.example/case";

for (const [lang, theme, client] of [["en", "light", "desktop"], ["de", "dark", "narrow"]]) {
  test(`the link in a statement of reasons opens it without the platform's log-in, and the objection (${lang}, ${theme}, ${client})`, async () => {
    const heed = await Heed.start({ HEED_PLATFORM_PAGE_URL: kPage });
    try {
      const de = lang === "de", her = person("dora"), him = person("troll"), id = person("p");
      await heed.posts({ id, by: him, to: her, text: kPost });
      const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], comment: "A very private sentence.", items: [{ kind: "post", id }] });
      assert.equal(receipt.status, 201, receipt.text);
      await heed.decide("violation", "It calls her names.");
      const told = await until(async () => (await heed.platform("GET", `/v1/notices?account_id=${him}`)).json.items, (items) => items.some((one) => one.kind === "statement_of_reasons"));
      const notice = told.find((one) => one.kind === "statement_of_reasons");
      const links = [...new Set(JSON.stringify(notice.content).match(/https:\/\/heed\.example\/case#[^"\\\s]+/g))];
      const appeal = links.find((link) => link.includes("&appeal="));
      assert.ok(appeal, links.join(" "));
      assert.ok(!JSON.stringify(notice).includes(her));

      const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang });
      await page.goto(heed.url + "/case" + appeal.slice(kPage.length));
      await page.locator("#appeal").waitFor();
      assert.equal(page.url(), heed.url + "/case", "the key is gone from the address");
      assert.equal((await focused(page)).tag, "TEXTAREA", "the link to object leads to where one objects");
      await axe(page, "guest author, objecting");
      await no_sideways_scroll(page, "guest author, objecting");
      const terms = await page.locator(".statement dt").count();
      assert.equal(terms, 10);
      assert.ok(!(await page.locator("heed-case section").first().innerText()).includes(kPost), "not even one's own words unasked");
      for (const summary of await page.locator("details > summary").all()) if (await summary.isVisible()) await summary.click();
      const words = await page.locator("heed-case section").first().innerText();
      assert.ok(words.includes("It calls her names."), "the facts");
      for (const secret of [her, "A very private sentence."]) assert.ok(!words.includes(secret), secret);
      assert.equal(await page.getByRole("button", { name: de ? "Für mich handeln lassen" : "Let them act for me" }).count(), 0, "that is for those who sign in");
      await page.locator("#appeal").fill(de ? "Das ist aus einem Stück." : "It is from a play.");
      await page.getByRole("button", { name: de ? "Absenden" : "Send", exact: true }).click();
      await page.getByText(de ? "Jemand anderes als vorher sieht es sich an" : "Somebody else than before looks at it").waitFor();
      await axe(page, "guest author, objected");
      // The same link again: nothing is objected to twice.
      await page.goto("about:blank");
      await page.goto(heed.url + "/case" + appeal.slice(kPage.length));
      await page.locator(".statement").first().waitFor();
      assert.equal(await page.locator("#appeal").count(), 0);
      assert.deepEqual(page.faults, []);
      await page.context().close();

      // A key that is cut short opens nothing, and neither does this one for another case.
      const [, case_id, key] = appeal.match(/#case=([^&]+)&key=([^&]+)/);
      for (const bad of [`#case=${case_id}&key=${key.slice(0, -6)}`, `#case=${case_id.slice(0, -4)}0000&key=${key}`]) {
        const thief = await open_page({ locale: lang });
        await thief.goto(heed.url + "/case" + bad);
        await thief.getByRole("alert").filter({ hasText: /./ }).first().waitFor();
        assert.equal(await thief.locator(".statement").count(), 0);
        await axe(thief, "guest author, wrong key");
        await thief.context().close();
      }
    } finally {
      await heed.stop();
    }
  });
}
