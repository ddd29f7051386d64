// /console: a member is invited, chooses a password, sets up an app, is signed out by others, and walls off a case.
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { assert, axe, clients, no_sideways_scroll, open_page, person, root, test, the_browser, the_house } from "./browser.mjs";
import { password } from "./heed.mjs";

const from_web = createRequire(join(root, "web/package.json"));
const jsqr = from_web("jsqr");
const kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** What an authenticator app shows (RFC 6238), `later` half minutes from now. */
function code_of(secret, later = 0) {
  let bits = "";
  for (const letter of secret.replace(/\s/g, "")) bits += kBase32.indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
/** What a camera reads in this part of the page. */
async function read_code(part) {
  const shot = (await part.screenshot()).toString("base64");
  const other = await (await the_browser()).newPage();
  const picture = await other.evaluate(async (data) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return { wide: bitmap.width, high: bitmap.height, pixels: [...context.getImageData(0, 0, bitmap.width, bitmap.height).data] };
  }, shot);
  await other.close();
  return jsqr(Uint8ClampedArray.from(picture.pixels), picture.wide, picture.high)?.data ?? "";
}
async function sign_in(page, name, secret_word = password, code = "") {
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(secret_word);
  await page.locator("#code").fill(code);
  await page.keyboard.press("Enter");
}
/** An administrator, made on the command line as an operator would, and a link for somebody. */
async function admin_page() {
  const { heed } = await the_house();
  const name = person("root");
  heed.run_with(password + "\n", "user", "create", name, "--role", "admin", "--role", "lead", "--password-stdin", "--json");
  const page = await open_page();
  await page.goto(heed.url + "/console");
  await sign_in(page, name);
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("heading", { name: "Members" }).waitFor();
  return { heed, page, name };
}

test("members: invited by link, with an app and codes on paper, and signed out by an administrator", async () => {
  const { heed, page: boss } = await admin_page();
  const name = person("kim");
  await boss.locator("#member").fill(name);
  await boss.keyboard.press("Enter");
  const link = boss.locator("#link");
  await link.waitFor();
  assert.equal(await link.evaluate((one) => one.getRootNode().activeElement === one), true, "the link is ready to be copied");
  const address = await link.inputValue();
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/console#\/invitation\/hi_/);
  await axe(boss, "members with a link");
  await no_sideways_scroll(boss);

  // The invited person, in a browser of their own.
  const page = await open_page();
  await page.goto(address);
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  await axe(page, "invitation");
  await page.locator("#chosen").fill(password);
  await page.locator("#again").fill(password + "?");
  await page.keyboard.press("Enter");
  await page.getByText("The two are not the same").waitFor();
  await page.locator("#again").fill(password);
  await page.keyboard.press("Enter");
  await page.locator("heed-queue-page h1").waitFor();
  assert.ok(!page.url().includes("hi_"), "the link is gone from the address");

  await page.locator("header a[href='#/account']").click();
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  await page.locator("#factor-password").fill("not this one");
  await page.locator("#factor-password").press("Enter");
  await page.getByText("This is not your password").waitFor();
  await page.locator("#factor-password").fill(password);
  await page.locator("#factor-password").press("Enter");
  const secret = await page.locator("#secret").innerText();
  assert.match(await read_code(page.locator("#qr")), new RegExp(`^otpauth://totp/.*secret=${secret.replace(/\s/g, "")}`), "the picture says what stands below it");
  await axe(page, "setting up an app");
  await page.locator("#code").fill("000000");
  await page.locator("#code").press("Enter");
  await page.getByText("This is not the code").waitFor();
  await page.locator("#code").fill(code_of(secret));
  await page.locator("#code").press("Enter");
  await page.locator(".paper code").nth(9).waitFor();
  const paper = await page.locator(".paper code").allInnerTexts();
  assert.equal(paper.length, 10);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("Codes left on paper: 10").waitFor();
  await axe(page, "account");
  await no_sideways_scroll(page);

  // Signed out from elsewhere: the open page notices by itself.
  await page.goto(heed.url + "/console#/queue");
  await page.locator("heed-queue-page h1").waitFor();
  await boss.reload();
  await boss.getByRole("row", { name: new RegExp(name) }).getByRole("button", { name: "Sign out everywhere" }).click();
  await boss.getByText(`${name} is signed out everywhere`).waitFor();
  await page.keyboard.press("c");
  await page.getByRole("alert").filter({ hasText: "signed out" }).waitFor();
  await sign_in(page, name);
  await page.getByRole("alert").filter({ hasText: "do not fit together" }).waitFor();
  await sign_in(page, name, password, paper[0]);
  await page.locator("heed-queue-page h1").waitFor();

  // The link was used up.
  const late = await open_page();
  await late.goto(address);
  await late.getByRole("alert").filter({ hasText: "has been used" }).waitFor();
  await axe(late, "a link that was used");
  for (const one of [boss, page, late]) {
    assert.deepEqual(one.faults, []);
    await one.context().close();
  }
});

test("members: roles are changed, somebody is shut out and gets a new link", async () => {
  const { heed, page: boss } = await admin_page();
  const name = person("ben");
  heed.run_with(password + "\n", "user", "create", name, "--role", "reviewer", "--password-stdin", "--json");
  await boss.reload();
  const row = boss.getByRole("row", { name: new RegExp(name) });
  await row.getByRole("button", { name: "Change roles" }).click();
  await row.getByLabel("legal").check();
  await axe(boss, "changing roles");
  await row.getByRole("button", { name: "Keep" }).click();
  await boss.getByText(`The roles of ${name} are changed`).waitFor();
  await row.getByText("reviewer, legal").waitFor();
  await row.getByRole("button", { name: "Shut out" }).click();
  await boss.getByText(`${name} is signed out and cannot sign in`).waitFor();
  assert.equal((await heed.call("POST", "/v1/session", { name, password })).status, 401);
  await row.getByRole("button", { name: "Let in again" }).click();
  await boss.getByText(`${name} can sign in again`).waitFor();
  await row.getByRole("button", { name: "New link" }).click();
  const page = await open_page();
  await page.goto(await boss.locator("#link").inputValue());
  await page.getByRole("heading", { name: "A new password" }).waitFor();
  await page.locator("#chosen").fill("something else entirely");
  await page.locator("#again").fill("something else entirely");
  await page.keyboard.press("Enter");
  await page.locator("heed-queue-page h1").waitFor();
  assert.equal((await heed.call("POST", "/v1/session", { name, password })).status, 401, "the old password is gone");
  await boss.context().close();
  await page.context().close();
});

test("members: what one will not judge is not there, not by address either", async () => {
  const { heed } = await the_house();
  const her = person("dana"), post = person("p"), name = person("eve");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you stupid worthless cow" });
  assert.equal((await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id: post }] })).status, 201);
  const grace = await heed.staff("grace");
  const found = (await grace("POST", "/v1/searches", { kind: "people", words: her })).json.items[0];
  heed.run_with(password + "\n", "user", "create", name, "--role", "reviewer", "--password-stdin", "--json");
  const page = await open_page();
  await page.goto(`${heed.url}/console#/case/${found.case_id}`);
  await sign_in(page, name);
  await page.locator("heed-case-desk h1").waitFor();
  await page.goto(`${heed.url}/console#/account`);
  await page.locator("#account").fill(her);
  await page.locator("#account").press("Enter");
  await page.getByText("The wall stands").waitFor();
  await axe(page, "account with a tie");
  await page.goto(`${heed.url}/console#/case/${found.case_id}`);
  await page.getByText("There is nothing here that you may see").first().waitFor();
  assert.equal((await grace("GET", `/v1/cases/${found.case_id}`)).status, 200);
  await page.context().close();
});

test("members: whom somebody unmasked, and who looked, is there for a lead in the morning", async () => {
  const { heed } = await the_house();
  const her = person("fay"), post = person("p"), name = person("gus");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you stupid worthless cow" });
  assert.equal((await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id: post }] })).status, 201);
  const grace = await heed.staff("grace");
  const found = (await grace("POST", "/v1/searches", { kind: "people", words: her })).json.items[0];
  heed.run_with(password + "\n", "user", "create", name, "--role", "reviewer", "--password-stdin", "--json");
  const page = await open_page();
  await page.goto(`${heed.url}/console#/case/${found.case_id}`);
  await sign_in(page, name);
  await page.locator("heed-case-desk h1").waitFor();
  await page.locator("heed-unmask summary").click();
  await page.locator("heed-unmask select").waitFor();
  const reporter = await page.locator("heed-unmask option", { hasText: "reporter" }).getAttribute("value");
  await page.locator("heed-unmask select").selectOption(reporter);
  await page.locator("heed-unmask textarea").fill("The police ask for a call.");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.locator("heed-unmask .card").filter({ hasText: her }).waitFor();
  await axe(page, "case with a person unmasked");

  const lead = await open_page();
  await lead.goto(`${heed.url}/console#/looks`);
  await sign_in(lead, "grace");
  const row = lead.getByRole("row").filter({ hasText: "The police ask for a call." });
  await row.first().waitFor();
  await lead.locator("#person").fill(her);
  await lead.locator("#person").press("Enter");
  await lead.getByRole("status").filter({ hasText: "Found:" }).waitFor();
  await axe(lead, "who looked");
  await no_sideways_scroll(lead);
  const [download] = await Promise.all([lead.waitForEvent("download"), lead.getByRole("button", { name: "Save as CSV" }).click()]);
  assert.match(download.suggestedFilename(), /^looks-.*\.csv$/);
  const csv = (await (await download.createReadStream()).toArray()).join("");
  assert.match(csv.split("\r\n")[0], /exported_by,exported_at$/);
  assert.ok(csv.includes("The police ask for a call."), csv);
  for (const one of [page, lead]) {
    assert.deepEqual(one.faults, []);
    await one.context().close();
  }
});
