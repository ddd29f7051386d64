// A person's case on a platform's page.
import { jwt, the_house } from "./browser.mjs";

export async function open_case(page, account, attributes = "", lang = "en") {
  const { site } = await the_house();
  site.lang = lang;
  site.body = `<h1>A forum</h1><heed-case server="${site.heed}" ${attributes}></heed-case>`;
  site.script = `document.querySelector("heed-case").token = ${JSON.stringify(jwt(account))};`;
  await page.goto(site.url);
  await page.locator("heed-case h2").waitFor();
}

export async function until(what, ok) {
  for (let tries = 0; tries < 100; ++tries) {
    const value = await what();
    if (ok(value)) return value;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("it did not come about");
}
