// /console: what takes two people is proposed by one and confirmed or returned by another, by keyboard.
import { assert, axe, no_sideways_scroll, open_page, test } from "./browser.mjs";
import { clear_queue, here, pile, sign_in } from "./console_test.mjs";

/** The claim's only post is suspended for good, up to the page of what people will read. */
async function propose(page) {
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  await page.keyboard.press("d");
  const form = page.locator("heed-decide");
  await form.locator("#clause").selectOption("targeted_harassment");
  await form.getByLabel("remove", { exact: true }).uncheck();
  await form.getByLabel("suspend the account").check();
  await form.locator("#facts").fill("It insults her by name.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("This takes two people").waitFor();
  await page.getByRole("button", { name: "Propose it" }).press("Enter");
  await page.getByText("Proposed. It goes out when somebody else has confirmed it.").first().waitFor();
}

test("second person: proposed by one, seen, returned with a note, proposed again, confirmed by another", async () => {
  await clear_queue();
  const { heed, case_id, grace } = await pile({ posts: 1, authors: 1 });
  const ada = await open_page();
  await sign_in(ada);
  await propose(ada);
  await ada.locator("heed-second").getByRole("button", { name: "Take it back" }).waitFor();
  const item = async () => (await grace("GET", `/v1/cases/${case_id}/items`)).json.items[0];
  assert.equal((await item()).state, "open");
  assert.equal(await ada.locator("heed-second").getByRole("button", { name: "Confirm it" }).count(), 0, "not by herself");

  const lead = await open_page();
  await sign_in(lead, "grace");
  await lead.getByRole("heading", { name: "Waits for a second person: 1" }).waitFor();
  await axe(lead, "queue with a proposal");
  await lead.keyboard.press("s");
  await lead.locator("heed-second").getByText("It insults her by name.").waitFor();
  await lead.locator("heed-second summary").filter({ hasText: "What people will read" }).waitFor();
  await axe(lead, "case with a proposal");
  await no_sideways_scroll(lead, "case with a proposal");
  await lead.keyboard.press("?");
  await lead.getByRole("dialog").getByText("confirm what is proposed").waitFor();
  await lead.keyboard.press("Escape");
  await lead.keyboard.press("t");
  await lead.keyboard.type("A warning first, I think.");
  await lead.locator("heed-second form").getByRole("button", { name: "Return it" }).press("Enter");
  await lead.getByText("It goes back, with your note.").waitFor();

  // Whoever proposed it reads the note, and that the post is free again.
  await ada.locator("heed-second").getByText("A warning first, I think.").waitFor();
  await ada.locator("heed-second").getByRole("button", { name: "I have seen it" }).press("Enter");
  await ada.locator("heed-second section").waitFor({ state: "detached" });
  await ada.goto(heed.url + "/console#/queue");
  await propose(ada);
  await lead.locator("heed-second").getByRole("button", { name: "Confirm it" }).waitFor();
  await lead.locator("body").press("y");
  await lead.getByText("Confirmed. It goes out in the name of you both.").first().waitFor();
  const decided = await item();
  assert.equal(decided.decision.outcome, "violation");
  await ada.locator("heed-second").getByText("it has gone out").waitFor();
  assert.deepEqual([...ada.faults, ...lead.faults], []);
  await ada.context().close();
  await lead.context().close();
});
