// /case: a case as a page, entered with the link of a mail (#case=…&key=…), handed over by an app (#code=…), or with the link
// of somebody who acts for another person (#delegation&key=…).
import { HeedCase } from "./case/element.js";
import de from "../messages/de.json";
import en from "../messages/en.json";
import { enter, forget, say } from "./shared/hand_over.js";

customElements.define("heed-case", HeedCase);

async function begin(): Promise<void> {
  const place = document.querySelector("main")!;
  const entry = await enter();
  const locale = entry.handed?.page.locale || entry.hash.get("locale") || navigator.language;
  const m = locale.startsWith("de") ? de : en;
  document.documentElement.lang = m === de ? "de" : "en";
  document.title = m.case;
  if (!entry.handed && !entry.guest && !entry.delegate) {
    say(m.case, entry.refused ? m.fault_link : m.no_entry);
    return;
  }
  const page = document.createElement("heed-case") as HeedCase;
  page.server = location.origin;
  page.locale = locale;
  page.top = true;
  page.country = entry.hash.get("country") ?? "";
  page.guest = Boolean(entry.guest);
  page.delegate = Boolean(entry.delegate);
  page.reportUrl = "/report";
  if (!entry.delegate) page.dataUrl = "/my-data";
  page.case = entry.guest?.case_id ?? "";
  page.appeal = entry.hash.get("appeal") ?? "";
  page.token = entry.handed?.token ?? entry.guest?.key ?? entry.delegate?.key ?? "";
  if (entry.delegate) page.addEventListener("heed-over", forget);
  place.replaceChildren(page);
}

begin().catch(() => {
  const m = navigator.language.startsWith("de") ? de : en;
  say(m.case, m.fault_offline);
});
