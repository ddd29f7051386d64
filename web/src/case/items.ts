// What the case is about: each item with its decision, the words when the reader opens them, and the way to object.
import { postDecisionsIdAppeals, type Item, type Notice } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import { field_of, type Page } from "./page.js";
import { fill } from "../shared/words.js";

type Decision = NonNullable<Item["decision"]>;

export class Items {
  private shown: string[] = [];
  /** The decision to which an objection is being written. */
  private asking = "";

  constructor(private readonly page: Page) {}

  clear(): void {
    this.shown = [];
    this.asking = "";
  }

  /** Opens the objection to this decision, if there is one to make: the link of a statement of reasons leads here. */
  async begin(decision: string, items: Item[]): Promise<void> {
    const d = items.find((item) => item.decision?.decision_id === decision)?.decision;
    if (d && this.page.may("appeal") && !d.reversed && !d.appeal && d.appeal_open !== false) await this.ask(decision);
  }

  private async ask(decision: string): Promise<void> {
    this.asking = decision;
    this.page.requestUpdate();
    await this.page.updateComplete;
    field_of<HTMLElement>(this.page, "appeal")?.focus();
  }

  private async appeal(event: Event, decision: string): Promise<void> {
    event.preventDefault();
    const { m } = this.page;
    const field = field_of<HTMLTextAreaElement>(this.page, "appeal");
    const text = field.value.trim(), evidence = field_of<HTMLTextAreaElement>(this.page, "evidence").value.trim();
    if (!text) return field.focus();
    let until = "";
    const sent = await this.page.doing(async () => {
      const filed = await postDecisionsIdAppeals(this.page.http, decision, { text, ...(evidence ? { evidence } : {}) }, { key: this.page.key_of(decision, `${text}\n${evidence}`) });
      until = this.page.at(filed.decide_by);
      this.asking = "";
      await this.page.read();
    });
    if (sent) this.page.say(fill(m.appeal_done, { time: until }));
  }

  /** What our notices said of a decision: the reason, in the reader's language. */
  private reason_of(decision: string, notices: Notice[]): string {
    for (const notice of notices) {
      const data = (notice.content as { data?: { items?: Array<{ decision_id: string; reason?: string }> } }).data;
      const found = data?.items?.find((item) => item.decision_id === decision);
      if (found) return found.reason ?? "";
    }
    return "";
  }

  view(items: Item[], notices: Notice[], more?: () => void): TemplateResult | typeof nothing {
    const { m, own } = this.page;
    if (!items.length) return nothing;
    return html`${this.page.heading(m.items)}
      ${own?.items_open ? html`<p>${fill(m.items_known, { open: own.items_open, all: own.items ?? 0 })}</p>` : nothing}
      <ol>
        ${items.map((item, i) => this.item(item, i + 1, notices))}
      </ol>
      ${more ? html`<button type="button" ?disabled=${this.page.busy} @click=${more}>${m.more_items}</button>` : nothing}`;
  }

  private name_of(item: Item, n: number): string {
    const { m } = this.page;
    return `${fill(m.item_n, { n })} ${item.created_at ? fill(m.item_of, { time: this.page.at(item.created_at) }) : ""}`;
  }

  /** What the list calls the item of a decision; "" where it does not show it. */
  name_at(decision_id: string, items: Item[]): string {
    const i = items.findIndex((item) => item.decision?.decision_id === decision_id);
    return i < 0 ? "" : this.name_of(items[i]!, i + 1);
  }

  private item(item: Item, n: number, notices: Notice[]): TemplateResult {
    const { m } = this.page, d = item.decision, reason = d ? this.reason_of(d.decision_id, notices) : "";
    const outcome = !d ? m.item_open : d.reversed ? m.item_reversed : d.outcome === "violation" ? m.item_violation : m.item_no_violation;
    const shown = this.shown.includes(item.item_id), asked = d && this.asking === d.decision_id;
    const show = () => {
      this.shown = shown ? this.shown.filter((id) => id !== item.item_id) : [...this.shown, item.item_id];
      this.page.requestUpdate();
    };
    const leave = () => {
      this.asking = "";
      this.page.requestUpdate();
    };
    const name = this.name_of(item, n);
    return html`<li>
      <span id="item-${n}">${name}</span><br />
      <strong>${outcome}</strong>
      ${d
        ? html`${d.clause_title ? html`<p>${fill(m.rule, { title: d.clause_title })} ${d.by_machine ? m.by_machine : m.by_person}</p>` : nothing}
            ${reason ? html`<p>${fill(m.reason, { reason })}</p>` : nothing}`
        : nothing}
      ${item.text
        ? html`<div>
            <button type="button" class="plain" aria-expanded=${shown} aria-describedby="item-${n}" @click=${show}>${shown ? m.hide_theirs : this.page.author ? m.show_own : m.show_theirs}</button>
            ${shown ? html`<blockquote class="theirs" dir="auto" tabindex="0" aria-labelledby="item-${n}">${item.text}</blockquote>` : nothing}
          </div>`
        : nothing}
      ${d ? this.appealed(d) : nothing}
      ${d && this.page.may("appeal") && !d.reversed && !asked && !d.appeal && d.appeal_open !== false
        ? html`<div><button type="button" aria-describedby="item-${n}" @click=${() => this.ask(d.decision_id)}>${m.appeal}</button></div>`
        : nothing}
      ${d && asked
        ? html`<form class="note" @submit=${(e: Event) => this.appeal(e, d.decision_id)}>
            <p id="appeal-hint">${m.appeal_text}</p>
            <label class="label" for="appeal">${m.appeal_field}</label>
            <textarea id="appeal" rows="4" maxlength="10000" dir="auto" aria-describedby="appeal-hint"></textarea>
            <label class="label" for="evidence">${m.appeal_evidence}</label>
            <textarea id="evidence" rows="3" maxlength="10000" dir="auto"></textarea>
            <div class="buttons">
              <button type="submit" class="main" ?disabled=${this.page.busy}>${m.appeal_send}</button>
              <button type="button" @click=${leave}>${m.cancel}</button>
            </div>
          </form>`
        : nothing}
    </li>`;
  }

  /** How the reader's own objection stands, or until when there is time for one. */
  private appealed(d: Decision): TemplateResult | typeof nothing {
    const m = this.page.m as Page["m"] & Record<string, string>;
    if (d.appeal) return html`<p>${fill(m[`appeal_${d.appeal.outcome}`], { time: this.page.at(d.appeal.at) })}</p>`;
    if (d.reversed || !d.appeal_until) return nothing;
    return html`<p class="quiet">${d.appeal_open === false ? m.appeal_over : fill(m.appeal_until, { day: d.appeal_until })}</p>`;
  }
}
