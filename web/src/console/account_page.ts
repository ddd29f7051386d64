// <heed-account-page>: what is a member's own: second factor, password, sessions, accounts and ties behind the walls.
import { deleteSessionsId, deleteTiesId, getSession, getSessions, getTies, postSessionPassword, postSessionSecondFactor, postSessionSecondFactorRemoval, postTies, putSessionSecondFactor, type Session, type Tie } from "heed-api";
import { Problem } from "heed-http";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { fault_of, field, value_of } from "./form.js";
import { qr_path } from "./qr.js";
import { console_style } from "./style.js";
import { moment, number, texts } from "./texts.js";

type View = TemplateResult | typeof nothing;

export class HeedAccountPage extends LitElement {
  static override properties = {
    sessions: { state: true }, ties: { state: true }, factor: { state: true }, codes: { state: true }, started: { state: true }, paper: { state: true }, fault: { state: true }, where: { state: true }, said: { state: true }, busy: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 44rem;
        margin-inline: auto;
        padding: 1rem;
      }
      input {
        max-inline-size: 24rem !important;
      }
      #qr {
        display: block;
        max-inline-size: 100%;
        block-size: auto;
      }
      code {
        font: 600 1rem/1.6 ui-monospace, monospace;
        overflow-wrap: anywhere;
      }
      .paper {
        columns: 2 10rem;
        padding: 0;
        list-style: none;
      }
      .scroll {
        overflow-x: auto;
      }
      .fault {
        color: var(--alarm);
        display: block;
      }
    `,
  ];

  desk!: Desk;
  declare private sessions: Session[];
  declare private ties: Tie[];
  declare private factor: "" | "on" | "off" | "needed";
  declare private codes: number;
  declare private started?: { secret: string; uri: string };
  declare private paper: string[];
  declare private fault: unknown;
  declare private where: string;
  declare private said: string;
  declare private busy: boolean;

  constructor() {
    super();
    this.sessions = [];
    this.ties = [];
    this.factor = "";
    this.codes = 0;
    this.paper = [];
    this.where = this.said = "";
    this.busy = false;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  private async read(): Promise<void> {
    const http = this.desk.http;
    try {
      const session = await getSession(http);
      this.factor = session.second_factor;
      this.codes = session.recovery_codes;
      this.sessions = (await getSessions(http)).items;
      if (this.factor !== "needed") this.ties = (await getTies(http)).items;
    } catch (error) {
      this.fault = error;
      this.where = "page";
    }
  }
  /** Does it, says what went wrong in the part of the page where it was asked, and puts the focus there. */
  private async act(where: string, work: () => Promise<string>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = undefined;
    this.where = where;
    this.said = "";
    try {
      this.said = await work();
      await this.read();
    } catch (error) {
      this.fault = error;
    } finally {
      this.busy = false;
    }
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${where} [aria-invalid], #${where} input`)?.focus();
  }
  private answer(where: string): View {
    if (this.where !== where) return nothing;
    const spoken = this.fault instanceof Problem && (this.fault.body.errors?.length ?? 0) > 0 && where !== "page" ? "" : this.fault ? words_for(this.fault) : "";
    return html`<div role="alert" class=${spoken ? "faults" : ""}>${spoken}</div><p role="status">${this.said}</p>`;
  }
  private fault_in(where: string, pointer: string): string {
    if (this.where !== where || !fault_of(this.fault, pointer)) return "";
    const m = texts as Record<string, string>;
    return m[`account_fault_${pointer.slice(1)}`] ?? fault_of(this.fault, pointer);
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<h1 tabindex="-1">${m.account}</h1>
      <p>${fill(m.account_who, { name: this.desk.staff!.name, alias: this.desk.staff!.alias })}</p>
      ${this.answer("page")}
      ${this.factor === "needed" ? html`<div class="card"><p><strong>${m.factor_needed}</strong></p><p>${m.factor_needed_text}</p></div>` : nothing}
      ${this.factor_part()}${this.password_part()}${this.session_part()}${this.factor === "needed" ? nothing : this.tie_part()}`;
  }

  // --- second factor --------------------------------------------------------------------------------------------

  private factor_part(): TemplateResult {
    const m = texts;
    return html`<section id="factor" aria-labelledby="factor-title">
      <h2 id="factor-title">${m.factor}</h2>
      <p>${this.factor === "on" ? fill(m.factor_on, { n: number(this.codes) }) : m.factor_off}</p>
      ${this.answer("factor")} ${this.paper.length ? this.paper_list() : this.started ? this.confirm_form() : this.factor_form()}
    </section>`;
  }
  private paper_list(): TemplateResult {
    const m = texts;
    return html`<div class="card"><h3>${m.paper}</h3><p>${m.paper_text}</p>
      <ol class="paper">${this.paper.map((code) => html`<li><code>${code}</code></li>`)}</ol>
      <button type="button" class="main" @click=${() => {
        this.paper = [];
        this.desk.settled();
      }}>${m.paper_kept}</button></div>`;
  }
  private confirm_form(): TemplateResult {
    const m = texts, picture = qr_path(this.started!.uri), secret = this.started!.secret.replace(/(.{4})/g, "$1 ").trim();
    return html`<form class="card" @submit=${(event: Event) => {
      event.preventDefault();
      void this.act("factor", async () => {
        const made = await putSessionSecondFactor(this.desk.http, { code: value_of(this.renderRoot, "code") });
        this.started = undefined;
        this.paper = made.recovery_codes;
        return m.factor_done;
      });
    }}>
      ${picture
        ? html`<p>${m.factor_scan}</p>
            <svg id="qr" viewBox="0 0 ${picture.size} ${picture.size}" width="232" height="232" role="img" aria-label=${m.factor_picture}><rect width=${picture.size} height=${picture.size} fill="#ffffff"></rect><path d=${picture.path} fill="#000000" shape-rendering="crispEdges"></path></svg>`
        : nothing}
      <p>${m.factor_type}</p>
      <p><code id="secret">${secret}</code></p>
      <p><a href=${this.started!.uri}>${m.factor_open}</a></p>
      ${field({ id: "code", label: m.factor_code, hint: m.factor_code_hint, autocomplete: "one-time-code", numeric: true, most: 10, fault: this.fault_in("factor", "/code") })}
      <div class="buttons"><button class="main" ?disabled=${this.busy}>${m.factor_confirm}</button></div>
    </form>`;
  }
  private factor_form(): TemplateResult {
    const m = texts, on = this.factor === "on";
    return html`<form @submit=${(event: Event) => {
      event.preventDefault();
      const password = value_of(this.renderRoot, "factor-password");
      void this.act("factor", async () => {
        if (on) {
          await postSessionSecondFactorRemoval(this.desk.http, { password });
          return m.factor_gone;
        }
        this.started = await postSessionSecondFactor(this.desk.http, { password });
        return "";
      });
    }}>
      ${field({ id: "factor-password", label: m.password_now, type: "password", autocomplete: "current-password", most: 1024, fault: this.fault_in("factor", "/password") })}
      <div class="buttons"><button class=${on ? "plain" : "main"} ?disabled=${this.busy}>${on ? m.factor_remove : m.factor_begin}</button></div>
    </form>`;
  }

  // --- password -------------------------------------------------------------------------------------------------

  private password_part(): TemplateResult {
    const m = texts;
    return html`<section id="change" aria-labelledby="change-title">
      <h2 id="change-title">${m.password_change}</h2>
      <p>${m.password_text}</p>
      ${this.answer("change")}
      <form @submit=${(event: Event) => {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        void this.act("change", async () => {
          this.desk.entered(await postSessionPassword(this.desk.http, { password: value_of(form, "old"), new_password: value_of(form, "fresh") }));
          form.reset();
          return m.password_changed;
        });
      }}>
        ${field({ id: "old", label: m.password_now, type: "password", autocomplete: "current-password", most: 1024, fault: this.fault_in("change", "/password") })}
        ${field({ id: "fresh", label: m.password_new, type: "password", autocomplete: "new-password", hint: m.password_hint, most: 1024, fault: this.fault_in("change", "/new_password") })}
        <div class="buttons"><button ?disabled=${this.busy}>${m.password_change}</button></div>
      </form>
    </section>`;
  }

  // --- sessions -------------------------------------------------------------------------------------------------

  private session_part(): TemplateResult {
    const m = texts;
    return html`<section id="sessions" aria-labelledby="sessions-title">
      <h2 id="sessions-title">${m.sessions}</h2>
      <p>${m.sessions_text}</p>
      ${this.answer("sessions")}
      <div class="scroll"><table>
        <thead><tr><th scope="col">${m.session_since}</th><th scope="col">${m.session_seen}</th><td></td></tr></thead>
        <tbody>${this.sessions.map(
          (one) => html`<tr><td>${moment(one.since)}</td><td>${moment(one.seen_at)}</td>
            <td>${one.current ? html`<span class="badge">${m.session_this}</span>` : html`<button type="button" class="plain" @click=${() => this.act("sessions", async () => {
                await deleteSessionsId(this.desk.http, one.session_id);
                return m.session_ended;
              })}>${m.session_end}<span class="aside"> ${moment(one.since)}</span></button>`}</td></tr>`,
        )}</tbody>
      </table></div>
    </section>`;
  }

  // --- walls ----------------------------------------------------------------------------------------------------

  private tie_part(): TemplateResult {
    const m = texts;
    return html`<section id="ties" aria-labelledby="ties-title">
      <h2 id="ties-title">${m.ties}</h2>
      <p>${m.ties_text}</p>
      ${this.answer("ties")}
      <ul>${this.ties.map(
        (one) => html`<li><bdi>${one.account_id}</bdi> · ${one.kind === "own" ? m.tie_own : m.tie_declared}
          <button type="button" class="plain" @click=${() => this.act("ties", async () => {
            await deleteTiesId(this.desk.http, one.tie_id);
            return m.tie_gone;
          })}>${m.tie_remove}<span class="aside"> ${one.account_id}</span></button></li>`,
      )}</ul>
      <form @submit=${(event: Event) => {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        void this.act("ties", async () => {
          const kind = form.querySelector<HTMLInputElement>("#own")!.checked ? "own" : "declared";
          await postTies(this.desk.http, { kind, account_id: value_of(form, "account") });
          form.reset();
          return m.tie_made;
        });
      }}>
        ${field({ id: "account", label: m.tie_account, fault: this.fault_in("ties", "/account_id") })}
        <fieldset><legend>${m.tie_kind}</legend>
          <label class="check"><input type="radio" name="kind" id="declared" checked />${m.tie_declared_text}</label>
          <label class="check"><input type="radio" name="kind" id="own" />${m.tie_own_text}</label>
        </fieldset>
        <div class="buttons"><button ?disabled=${this.busy}>${m.tie_add}</button></div>
      </form>
    </section>`;
  }
}
