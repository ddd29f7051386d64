// <heed-case-dialog>: what is done in a case besides deciding. Hand it on, note, ask, answer, take back.
import { getColleagues, getMacros, postCasesIdEscalation, postCasesIdHandover, postCasesIdMessages, postCasesIdQuestion, postDecisionsIdReversal, type WholeCase } from "heed-api";
import { Problem } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { fill, random_key } from "../shared/words.js";
import { base } from "../shared/style.js";
import type { Act } from "./decide.js";
import { words_for, type Clause, type Desk } from "./desk.js";
import { console_style } from "./style.js";
import { language, moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
export type Asking = "" | "escalate" | "note" | "undo" | "message" | "question" | "handover";
type Macros = Awaited<ReturnType<typeof getMacros>>["items"];
type Colleagues = Awaited<ReturnType<typeof getColleagues>>["items"];
type Parties = NonNullable<WholeCase["parties"]>;
/** What was done, and what to say of it. */
export interface Answered {
  what: Asking;
  said: string;
}

/** People are numbers here, with the part that they have in the case. */
export const party_name = (party: number, roles: string[]): string => fill(texts.party_n, { n: party, roles: roles.map((role) => word("party", role)).join(", ") });

export class HeedCaseDialog extends LitElement {
  static override properties = {
    asking: { state: true }, busy: { state: true }, fault: { state: true }, act: { attribute: false }, clauses: { attribute: false },
    macros: { state: true }, colleagues: { state: true },
  };
  static override styles = [base, console_style];

  desk!: Desk;
  case!: string;
  whole?: WholeCase;
  declare clauses: Clause[];
  /** What would be taken back. */
  declare act?: Act;
  declare private macros: Macros;
  declare private colleagues?: Colleagues;
  declare private asking: Asking;
  declare private busy: boolean;
  declare private fault: string;

  constructor() {
    super();
    this.asking = this.fault = "";
    this.busy = false;
    this.clauses = [];
    this.macros = [];
  }

  /** Whom one may write to: who is still there. The target first, then reporters. */
  private get parties(): Parties {
    const rank = (roles: string[]) => (roles.includes("target") ? 0 : roles.includes("reporter") ? 1 : 2);
    return (this.whole?.parties ?? []).filter((one) => !one.erased).sort((a, b) => rank(a.roles) - rank(b.roles) || a.party - b.party);
  }

  async ask(what: Asking): Promise<void> {
    this.fault = "";
    this.asking = what;
    await this.updateComplete;
    const dialog = this.renderRoot.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>("textarea")?.focus();
    try {
      if (what === "handover") this.colleagues ??= (await getColleagues(this.desk.http)).items;
      if (what === "message" || what === "question") await this.read_macros();
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  /** In the language of whoever will read it. */
  private async read_macros(): Promise<void> {
    const to = Number(this.value("#to")), locale = this.parties.find((one) => one.party === to)?.locale || language;
    this.macros = (await getMacros(this.desk.http, { locale })).items;
  }
  private insert(event: Event): void {
    const list = event.target as HTMLSelectElement, field = this.renderRoot.querySelector<HTMLTextAreaElement>("#words")!;
    if (list.value) field.value = field.value ? `${field.value.trimEnd()}\n\n${list.value}` : list.value;
    list.value = "";
    field.focus();
  }
  private close(): void {
    this.renderRoot.querySelector("dialog")?.close();
    this.asking = "";
    this.dispatchEvent(new CustomEvent("closed"));
  }
  private value(id: string): string {
    return this.renderRoot.querySelector<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(id)?.value.trim() ?? "";
  }

  private async answer(event: Event): Promise<void> {
    event.preventDefault();
    const what = this.asking, text = this.value("#words");
    if (!text) return this.renderRoot.querySelector<HTMLElement>("#words")!.focus();
    if (this.busy) return;
    this.busy = true;
    this.fault = "";
    try {
      const said = await this.does(what, text);
      this.close();
      this.dispatchEvent(new CustomEvent<Answered>("answered", { detail: { what, said } }));
    } catch (error) {
      this.fault = words_for(error);
      if (error instanceof Problem && error.status === 404) this.dispatchEvent(new CustomEvent("absent"));
    } finally {
      this.busy = false;
    }
  }
  /** What to say once it is done. */
  private async does(what: Asking, text: string): Promise<string> {
    const http = this.desk.http, key = { key: random_key() };
    switch (what) {
      case "note":
        await postCasesIdMessages(http, this.case, { text }, key);
        return texts.note_done;
      case "escalate": {
        const queue = (this.value("#to") || "lead") as "lead" | "legal" | "sealed" | "default";
        await postCasesIdEscalation(http, this.case, { queue, reason: text }, key);
        return fill(texts.escalated, { queue: word("queue", queue) });
      }
      case "message":
        await postCasesIdMessages(http, this.case, { text, to: Number(this.value("#to")) }, key);
        return texts.message_done;
      case "question": {
        const until = new Date(Date.now() + Number(this.value("#days")) * 86_400_000).toISOString();
        const asked = await postCasesIdQuestion(http, this.case, { text, to: Number(this.value("#to")), until }, key);
        return fill(texts.question_done, { time: moment(asked.until) });
      }
      case "handover":
        await postCasesIdHandover(http, this.case, { to: this.value("#to"), reason: text }, key);
        return texts.handover_done;
      default: return this.undo(text);
    }
  }
  /** Takes an act back, decision by decision; what went through stays taken back when the connection fails. */
  private async undo(reason: string): Promise<string> {
    const act = this.act;
    if (!act) return "";
    let done = 0, waits = 0;
    for (const id of [...act.decisions]) {
      const body = act.outcome === "violation" ? { reason } : { reason, instead: this.instead() };
      try {
        const made = await postDecisionsIdReversal(this.desk.http, id, body as Parameters<typeof postDecisionsIdReversal>[2], { key: `undo-${id}` });
        if (made.proposal_id) {
          ++waits;
          act.decisions.shift();
          continue;
        }
      } catch (error) {
        if (!(error instanceof Problem && error.status === 409)) throw error;
      }
      act.decisions.shift();
      ++done;
      this.dispatchEvent(new CustomEvent("undone", { detail: { act, decision_id: id, said: fill(texts.undoing, { done, n: done + act.decisions.length }) } }));
    }
    if (waits) return fill(texts.undo_proposed, { n: number(waits), done: number(done) });
    return fill(texts.undone, { n: number(done) });
  }
  /** What is decided when "no violation" is taken back: the dialog's clause, with the mildest of its actions chosen there. */
  private instead(): object {
    return { outcome: "violation", clause: this.value("#instead-clause"), ground: "terms", actions: [{ kind: this.value("#instead-action") || "none" }], facts: this.value("#words") };
  }

  override render(): View {
    const m = texts, what = this.asking;
    if (!what) return nothing;
    const [title, about] = this.heading(what);
    return html`<dialog id="asking" aria-labelledby="asking-title" @close=${() => (this.asking = "")}>
      <form @submit=${this.answer} @keydown=${(event: KeyboardEvent) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.stopPropagation();
          void this.answer(event);
        }
      }}>
        <h2 id="asking-title">${title}</h2>
        <p>${about}</p>
        ${this.fields(what)}
        <label for="words">${what === "note" ? m.note_field : what === "message" ? m.message_field : what === "question" ? m.question_field : m.reason_field}</label>
        <textarea id="words" rows="4" maxlength="5000" required></textarea>
        <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
        <div class="buttons">
          <button class="main" ?disabled=${this.busy}>${title}<kbd>Ctrl + Enter</kbd></button>
          <button type="button" @click=${() => this.close()}>${m.cancel}<kbd>Esc</kbd></button>
        </div>
      </form>
    </dialog>`;
  }
  private heading(what: Asking): [string, string] {
    const m = texts;
    switch (what) {
      case "escalate": return [m.escalate, m.escalate_text];
      case "note": return [m.add_note, m.note_text];
      case "message": return [m.message, m.message_text];
      case "question": return [m.question, m.question_text];
      case "handover": return [m.handover, m.handover_text];
      default: return [m.undo, fill(m.undo_text, { n: number(this.act?.decisions.length ?? 0) })];
    }
  }
  private fields(what: Asking): View {
    const m = texts;
    switch (what) {
      case "escalate": return html`<label for="to">${m.escalate_to}</label><select id="to">${["lead", "legal", "sealed", "default"].map((queue) => html`<option value=${queue}>${word("queue", queue)}</option>`)}</select>`;
      case "handover": return this.colleagues?.length === 0
        ? html`<p class="note">${m.no_colleagues}</p>`
        : html`<label for="to">${m.handover_to}</label><select id="to">${(this.colleagues ?? []).map((one) => html`<option value=${one.staff_id}>${one.alias} · ${one.roles.map((role) => word("role", role)).join(", ")}</option>`)}</select>`;
      case "message":
      case "question": return this.party_fields(what);
      case "undo": return this.act?.outcome === "no_violation" ? this.instead_fields() : nothing;
      default: return nothing;
    }
  }
  private party_fields(what: Asking): TemplateResult {
    const m = texts, macros = this.macros.filter((one) => one.use === what);
    return html`<label for="to">${m.to_whom}</label>
      <select id="to" @change=${() => void this.read_macros()}>${this.parties.map((one) => html`<option value=${one.party}>${party_name(one.party, one.roles)}</option>`)}</select>
      ${what === "question"
        ? html`<label for="days">${m.answer_within}</label><select id="days">${[1, 3, 7, 14].map((days) => html`<option value=${days} ?selected=${days === 3}>${fill(m.days, { n: days })}</option>`)}</select>`
        : nothing}
      ${macros.length ? html`<label for="macro">${m.macro}</label><select id="macro" @change=${this.insert}><option value="">${m.macro_none}</option>${macros.map((one) => html`<option value=${one.text}>${one.text}</option>`)}</select>` : nothing}`;
  }
  private instead_fields(): TemplateResult {
    const m = texts, first = this.clauses[0];
    return html`<p>${m.undo_instead}</p>
      <label for="instead-clause">${m.clause}</label>
      <select id="instead-clause" @change=${() => this.requestUpdate()}>${this.clauses.map((clause) => html`<option value=${clause.id}>${clause.title}</option>`)}</select>
      <label for="instead-action">${m.actions}</label>
      <select id="instead-action">
        ${(this.clauses.find((clause) => clause.id === this.renderRoot.querySelector<HTMLSelectElement>("#instead-clause")?.value) ?? first)?.actions.map((kind) => html`<option value=${kind}>${word("action", kind)}</option>`)}
      </select>`;
  }
}
