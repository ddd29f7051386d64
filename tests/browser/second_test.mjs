// /console: what takes two people is proposed by one and confirmed or returned by another, by keyboard.
import { assert, axe, no_sideways_scroll, open_page, person, test } from "./browser.mjs";
import { clear_queue, here, pile, sign_in } from "./console_test.mjs";
import { Heed } from "./heed.mjs";

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
  await lead.locator("heed-second .theirs").getByText("It insults her by name.").waitFor();
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

test("second look: a post without the first answer, by keyboard; leads see how far people agree", async () => {
  const heed = await Heed.start({ HEED_CASEWORK_SECOND_LOOK_PERCENT: "100" });
  try {
    const her = person("caro"), post = person("p");
    await heed.posts({ id: post, by: person("troll"), to: her, text: "you stupid worthless cow, for a second look" });
    assert.equal((await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id: post }] })).status, 201);
    const ada = await heed.staff("ada");
    const claim = (await ada("POST", "/v1/queues/default/claims", {})).json;
    const made = await ada("POST", `/v1/cases/${claim.case_id}/decisions`, {
      claim_id: claim.claim_id,
      items: [{ item_id: claim.items[0], outcome: "violation", clause: "targeted_harassment", facts: "A secret of the first.", actions: [{ kind: "remove" }] }],
    });
    assert.equal(made.status, 201, made.text);
    const page = await open_page();
    await sign_in(page, "grace", heed);
    await page.getByRole("link", { name: "Second look" }).click();
    const look = page.locator("heed-second-look-page");
    await look.getByText("for a second look").waitFor();
    assert.ok(!(await look.innerText()).includes("A secret of the first"), "blind");
    await axe(page, "second look");
    await no_sideways_scroll(page, "second look");
    await page.keyboard.press("n");
    await look.getByText("Thank you. If you two differ, a lead looks at it").waitFor();
    await page.keyboard.press("c");
    await look.getByText("Nothing waits for a second look of yours").waitFor();
    const item = (await ada("GET", `/v1/cases/${claim.case_id}/items`)).json.items[0];
    assert.equal(item.decision.outcome, "violation", "nothing follows by itself");
    await page.goto(heed.url + "/console#/leads");
    await page.getByRole("heading", { name: "How far people agree" }).waitFor();
    await page.getByRole("heading", { name: "Where two differ: 1" }).waitFor();
    await axe(page, "overview with agreement");
    await page.getByRole("button", { name: "I have looked" }).press("Enter");
    await page.getByRole("heading", { name: "Where two differ: 1" }).waitFor({ state: "detached" });
    assert.deepEqual(page.faults, []);
    await page.context().close();
  } finally {
    await heed.stop();
  }
});
