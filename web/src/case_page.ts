// /case: a case as a page, entered with the link of a mail (#case=…&key=…), handed over by an app (#code=…), or with the link
// of somebody who acts for another person (#delegation&key=…).
import { HeedCase } from "./case/element.js";
import de from "../messages/de.json";
import en from "../messages/en.json";
import { Door } from "./shared/door.js";
import { enter, keep, say } from "./shared/hand_over.js";

customElements.define("heed-case", HeedCase);
customElements.define("heed-door", Door);

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
  const { delegate } = entry;
  const door = (link: string) => {
    const one = document.createElement("heed-door") as Door;
    one.m = m;
    one.link = link;
    one.lang = document.documentElement.lang;
    return one;
  };
  if (delegate && !delegate.token) {
    const closed = door(delegate.link);
    closed.top = true;
    closed.state = delegate.spent ? "spent" : "closed";
    closed.addEventListener("heed-opened", () => {
      keep({ delegate: { link: delegate.link, token: closed.token } });
      begin().catch(failed);
    });
    closed.addEventListener("heed-spent", () => keep({ delegate: { link: delegate.link, spent: true } }));
    place.replaceChildren(closed);
    return;
  }
  const page = document.createElement("heed-case") as HeedCase;
  page.server = location.origin;
  page.locale = locale;
  page.top = true;
  page.country = entry.hash.get("country") ?? "";
  page.guest = Boolean(entry.guest);
  page.delegate = Boolean(delegate);
  page.reportUrl = "/report";
  if (!delegate) page.dataUrl = "/my-data";
  page.case = entry.guest?.case_id ?? "";
  page.appeal = entry.hash.get("appeal") ?? "";
  page.token = entry.handed?.token ?? entry.guest?.key ?? delegate?.token ?? "";
  if (delegate) {
    page.addEventListener("heed-over", () => {
      keep({ delegate: { link: delegate.link, spent: true } });
      const again = door(delegate.link);
      again.state = "over";
      place.append(again);
    }, { once: true });
  }
  place.replaceChildren(page);
}

const failed = () => {
  const m = navigator.language.startsWith("de") ? de : en;
  say(m.case, m.fault_offline);
};
begin().catch(failed);
