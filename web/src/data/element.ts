// <heed-my-data>: what is held about the reader, to see and to save. Nothing is fetched before it is asked for, and
// nothing that others wrote is in it.
import { getMeData } from "heed-api";
import { Http, NoAnswer, Problem, type Token } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import de from "../../messages/my_data.de.json";
import en from "../../messages/my_data.en.json";
import { save_blob } from "../case/save.js";
import { Erase } from "./erase.js";
import { Identity, type Asker } from "./identity.js";
import { Mail } from "./mail.js";
import { base } from "../shared/style.js";
import { fill, isolated, when } from "../shared/words.js";

export type DataMessages = typeof en;
const kLanguages: Record<string, DataMessages> = { en, de };

type Data = Awaited<ReturnType<typeof getMeData>>;
type Case = Data["cases"][number];
type Loose = Record<string, unknown>;

export class HeedMyData extends LitElement implements Asker {
  static override properties = {
    server: {}, locale: {}, caseUrl: { attribute: "case-url" }, top: { type: Boolean }, theme: { reflect: true }, token: { attribute: false },
    data: { state: true }, fault: { state: true }, said: { state: true }, busy: { state: true },
  };
  static override styles = base;
  static home = new URL(import.meta.url).origin;

  declare server: string;
  declare locale: string;
  /** Where the reader's cases are. */
  declare caseUrl: string;
  /** It is the whole page: its heading is the first. */
  declare top: boolean;
  declare token: Token;
  declare protected data?: Data;
  declare protected fault: string;
  declare protected said: string;
  declare busy: boolean;
  private blob?: Blob;
  private readonly identity = new Identity(this);
  private readonly mail = new Mail(this);
  private readonly erase = new Erase(this, () => (this.data = this.blob = undefined), (work) => this.shown(work));

  constructor() {
    super();
    this.server = this.locale = this.caseUrl = this.fault = this.said = "";
    this.token = "";
    this.top = this.busy = false;
  }

  get m(): DataMessages {
    return kLanguages[this.language]!;
  }
  private get language(): string {
    const wanted = (this.locale || this.closest("[lang]")?.getAttribute("lang") || navigator.language || "en").split("-")[0]!;
    return wanted in kLanguages ? wanted : "en";
  }
  get http(): Http {
    const code = () => (this.identity.code ? { "Heed-Code": this.identity.code } : {}) as Record<string, string>;
    return new Http(this.server || HeedMyData.home, () => (typeof this.token === "function" ? this.token() : this.token), undefined, undefined, code);
  }
  at(time: unknown): string {
    return typeof time === "string" ? when(time, this.locale || this.language) : "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lang = this.language;
    this.dir ||= "ltr";
  }

  heading(words: string, id?: string): TemplateResult {
    return html`<h3 id=${id ?? nothing} tabindex="-1" aria-level=${this.top ? 2 : nothing}>${words}</h3>`;
  }

  /** Runs what is only for the person themself, and asks them to show that it is them where that is needed. */
  private async shown(work: () => Promise<void>): Promise<void> {
    await this.doing(async () => {
      try {
        await work();
        this.identity.done();
      } catch (error) {
        if (!(await this.identity.needed(error, () => this.shown(work)))) throw error;
      }
    });
  }
  async doing(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.fault = this.said = "";
    try {
      await work();
    } catch (error) {
      const m = this.m;
      this.fault = error instanceof NoAnswer ? m.fault_offline : !(error instanceof Problem) ? m.fault_other : error.status === 401 ? m.fault_expired : error.status === 403 ? m.fault_not_yours : error.status === 429 ? m.fault_many : m.fault_other;
    } finally {
      this.busy = false;
    }
  }

  /** Fetched once for seeing and saving, so that both are the same. */
  private async fetched(): Promise<Blob> {
    this.blob ??= await this.http.download("/v1/me/data", {});
    return this.blob;
  }
  private async see(): Promise<void> {
    await this.shown(async () => {
      this.data = JSON.parse(await (await this.fetched()).text()) as Data;
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>("#held")?.focus();
    });
  }
  private async save(): Promise<void> {
    await this.shown(async () => {
      save_blob(await this.fetched(), "my-data.json");
      this.said = this.m.saved;
    });
  }

  override render(): TemplateResult {
    const m = this.m, level = (n: number) => (this.top ? n - 1 : nothing);
    return html`<section aria-labelledby="title">
      <h2 id="title" tabindex="-1" aria-level=${level(2)}>${m.title}</h2>
      <p>${m.text}</p>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault ? html`<p>${this.fault}</p>` : nothing}</div>
      <div class="buttons">
        <button type="button" class="main" ?disabled=${this.busy} @click=${() => this.see()}>${m.see}</button>
        <button type="button" ?disabled=${this.busy} aria-describedby="save-hint" @click=${() => this.save()}>${m.save}</button>
      </div>
      <p class="hint" id="save-hint">${m.save_text}</p>
      <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      ${this.identity.view()} ${this.data ? this.held(this.data) : nothing}
      ${this.mail.view()} ${this.erase.view()}
      ${this.caseUrl ? html`<p><a href=${this.caseUrl}>${m.to_cases}</a></p>` : nothing}
    </section>`;
  }

  private held(data: Data): TemplateResult {
    const m = this.m;
    const person = (one: Loose) => String(one["name"] ?? one["account_id"] ?? one["email"] ?? m.erased);
    return html`${this.heading(m.held, "held")}
      <p>${fill(data.account_id ? m.as_of : m.as_of_guest, { time: this.at(data.at), account: isolated(data.account_id ?? "") })}</p>
      <details>
        <summary>${m.profile}</summary>
        ${data.profile ? this.fields(data.profile as Loose) : html`<p>${m.none}</p>`}
      </details>
      <details>
        <summary>${fill(m.delegations, { n: data.delegations.length })}</summary>
        ${data.delegations.length
          ? html`<ul>${(data.delegations as Loose[]).map((one) => html`<li><bdi>${person(one)}</bdi>: ${one["role"] === "principal" ? m.acts_for_you : m.you_act_for}, ${this.at(one["since"])} – ${this.at(one["until"])}${one["in_force"] ? "" : ` (${m.ended})`}</li>`)}</ul>`
          : html`<p>${m.none}</p>`}
      </details>
      ${data.cases.length ? data.cases.map((one) => this.one_case(one)) : html`<p>${m.no_cases}</p>`}
      <p>${m.elsewhere}</p>`;
  }

  private one_case(one: Case): TemplateResult {
    const m = this.m, own = one.case;
    const wrote = (one.items as Loose[]).filter((item) => item["written_by_you"]), others = one.items.length - wrote.length;
    const said = one.timeline.flatMap((event) => {
      const text = Object.values((event.said ?? {}) as Loose).map((part) => (typeof part === "string" ? part : String((part as Loose | null)?.["comment"] ?? ""))).filter(Boolean).join("\n");
      return text && event.kind !== "evidence_added" ? [{ at: event.at, text }] : [];
    });
    const lines = (text: string) => text.trim().split("\n").map((line) => html`${line}<br />`);
    return html`<details>
      <summary>${own.number ? fill(m.case_number, { number: own.number }) : m.case_without}</summary>
      <div>
        ${one.identity ? html`<p>${m.identity}</p>${this.fields(one.identity as Loose)}` : nothing}
        <p>${fill(m.case_counts, { reports: own.reports.length, evidence: one.evidence?.length ?? 0, notices: one.notices?.length ?? 0, steps: one.timeline.length })}</p>
        ${others ? html`<p>${fill(m.others_posts, { n: others })}</p>` : nothing}
        ${wrote.length ? html`<p>${m.you_wrote}</p><ul>${wrote.map((item) => html`<li dir="auto">${lines(String(item["text"] ?? ""))}</li>`)}</ul>` : nothing}
        ${said.length ? html`<p>${m.said}</p><ul>${said.map((one) => html`<li><span class="quiet">${this.at(one.at)}</span> <span dir="auto">${lines(one.text)}</span></li>`)}</ul>` : nothing}
      </div>
    </details>`;
  }

  /** Names as the platform and the interface have them: it is data, not a text of ours. */
  private fields(of: Loose): TemplateResult {
    const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
    return html`<dl>${Object.entries(of).map(([name, value]) => html`<dt lang="en">${name.replaceAll("_", " ")}</dt><dd dir="auto">${text(value)}</dd>`)}</dl>`;
  }
}
