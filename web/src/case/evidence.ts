// Evidence from elsewhere that a party adds: words, a link, a file; and the list of what is there. A file is looked at
// before it is sent, by what it holds and not by its name, so that a wrong one is explained at once; the server looks again.
import { getCasesIdEvidence, type Piece } from "heed-api";
import { Problem } from "heed-http";
import { html, nothing, type TemplateResult } from "lit";
import { field_of, lines, type Page } from "./page.js";
import { save_blob } from "./save.js";
import { fill } from "../shared/words.js";

type Form = Piece["form"];
const kFileBytesMax = 4 << 20; // as casework/pieces.h
const kForms: Form[] = ["text", "link", "file"];

/** What a file is, by its first bytes; "" for what is not taken. */
async function kind_of(file: File): Promise<"picture" | "text" | ""> {
  const head = new Uint8Array(await file.slice(0, 4096).arrayBuffer());
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47) || starts(0xff, 0xd8)) return "picture";
  const odd = head.some((byte) => (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 0x7f);
  return odd || starts(0x25, 0x50, 0x44, 0x46) ? "" : "text";
}

const base64_of = (file: File): Promise<string> =>
  new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });

export class Evidence {
  private pieces: Piece[] = [];
  private form: Form = "text";
  private fault = "";
  /** How much of a file has gone, from 0 to 1; nothing while none goes. */
  private gone?: number;

  constructor(private readonly page: Page) {}

  clear(): void {
    this.pieces = [];
  }

  async look(): Promise<void> {
    if (!this.page.may("read") || !this.page.own?.number) return;
    const id = this.page.case, answer = await getCasesIdEvidence(this.page.http, id);
    if (id !== this.page.case) return;
    this.pieces = answer.items;
    this.page.requestUpdate();
  }

  private complain(words: string, id: string): void {
    this.fault = words;
    this.page.requestUpdate();
    field_of<HTMLElement>(this.page, id)?.focus();
  }

  private async send(event: Event): Promise<void> {
    event.preventDefault();
    const { m } = this.page;
    const value = (id: string) => field_of<HTMLInputElement>(this.page, id)?.value.trim() ?? "";
    const about = value("evidence-about");
    this.fault = "";
    let body: Record<string, string>, weight = 0;
    if (this.form === "text") {
      if (!value("evidence-words")) return this.complain(m.evidence_no_text, "evidence-words");
      body = { form: "text", text: value("evidence-words") };
    } else if (this.form === "link") {
      if (!/^https?:\/\/[^/\s]\S*$/.test(value("evidence-link"))) return this.complain(m.evidence_no_link, "evidence-link");
      body = { form: "link", url: value("evidence-link"), ...(about ? { about } : {}) };
    } else {
      const file = field_of<HTMLInputElement>(this.page, "evidence-file").files?.[0];
      if (!file) return this.complain(m.evidence_no_file, "evidence-file");
      if (file.size > kFileBytesMax || file.size === 0) return this.complain(fill(file.size ? m.evidence_too_large : m.evidence_empty, { size: this.size(file.size) }), "evidence-file");
      if (!(await kind_of(file))) return this.complain(m.evidence_wrong_kind, "evidence-file");
      body = { form: "file", data: await base64_of(file), name: file.name.slice(0, 100), ...(about ? { about } : {}) };
      weight = file.size;
    }
    const sent = await this.page.doing(async () => {
      const path = `/v1/cases/${encodeURIComponent(this.page.case)}/evidence`, key = this.page.key_of("evidence", JSON.stringify(body));
      try {
        this.gone = 0;
        await this.page.http.upload(path, body, key, (share) => {
          this.gone = share;
          if (weight) this.page.requestUpdate();
        });
      } catch (error) {
        // Said where it can be mended, in the reader's language.
        const why = !(error instanceof Problem) ? "" : error.status === 422 ? m.evidence_wrong_kind : error.status === 413 ? fill(m.evidence_too_large, { size: this.size(weight) }) : error.status === 409 ? m.evidence_full : "";
        if (!why) throw error;
        return this.complain(why, `evidence-${this.form === "text" ? "words" : this.form}`);
      } finally {
        this.gone = undefined;
      }
      this.page.forget_key("evidence");
      for (const id of ["evidence-words", "evidence-link", "evidence-file", "evidence-about"]) {
        const field = field_of<HTMLInputElement>(this.page, id);
        if (field) field.value = "";
      }
      await this.page.read();
      await this.look();
    });
    if (sent && !this.fault) this.page.say(m.evidence_done);
  }

  private async save(piece: Piece): Promise<void> {
    await this.page.doing(async () => {
      const blob = await this.page.http.download(`/v1/cases/${encodeURIComponent(this.page.case)}/evidence/${encodeURIComponent(piece.piece_id)}`, {});
      save_blob(blob, `evidence${piece.type === "image/png" ? ".png" : piece.type === "image/jpeg" ? ".jpg" : ".txt"}`);
    }, this.page.m.file_done);
  }

  private size(bytes: number): string {
    const [n, unit] = bytes < 1_000_000 ? [Math.max(1, Math.round(bytes / 1000)), "kB"] : [Math.round(bytes / 100_000) / 10, "MB"];
    return `${n} ${unit}`;
  }

  private piece(piece: Piece): TemplateResult {
    const { m } = this.page;
    const words = m as unknown as Record<string, string>;
    const said = (piece.said ?? {}) as { text?: string; url?: string; name?: string; about?: string };
    return html`<li>
      <strong>${words[`evidence_is_${piece.form}`]}</strong> <span class="quiet">${this.page.at(piece.at)}${piece.form === "file" ? `, ${piece.type}, ${this.size(piece.size)}` : ""}</span>
      ${piece.said ? nothing : html`<p>${m.evidence_erased}</p>`}
      ${said.name ? html`<p><bdi>${said.name}</bdi></p>` : nothing} ${said.url ? html`<p><bdi dir="ltr">${said.url}</bdi></p>` : nothing}
      ${said.text ? html`<p class="said" dir="auto">${lines(said.text).map((line) => html`${line}<br />`)}</p>` : nothing}
      ${said.about ? html`<p class="said" dir="auto">${lines(said.about).map((line) => html`${line}<br />`)}</p>` : nothing}
      ${piece.form === "file" && piece.said && this.page.may("file")
        ? html`<button type="button" class="plain" @click=${() => this.save(piece)}>${fill(m.evidence_save_of, { time: this.page.at(piece.at) })}</button>`
        : nothing}
    </li>`;
  }

  view(): TemplateResult | typeof nothing {
    const { m } = this.page;
    if (!this.page.own?.number || (!this.page.may("report") && !this.pieces.length)) return nothing;
    return html`${this.page.heading(m.evidence)}
      ${this.pieces.length ? html`<ul class="evidence">${this.pieces.map((piece) => this.piece(piece))}</ul>` : html`<p>${m.evidence_none}</p>`}
      ${this.page.may("report") ? this.asking() : nothing}`;
  }

  private asking(): TemplateResult {
    const { m } = this.page;
    const words = m as unknown as Record<string, string>;
    const choose = (form: Form) => {
      this.form = form;
      this.fault = "";
      this.page.requestUpdate();
    };
    const bad = Boolean(this.fault);
    const described = bad ? "evidence-fault evidence-kept" : "evidence-kept";
    const field =
      this.form === "text" ? html`<label class="label" for="evidence-words">${m.evidence_words}</label>
            <textarea id="evidence-words" rows="3" maxlength="20000" dir="auto" aria-invalid=${bad} aria-describedby=${described}></textarea>`
      : this.form === "link" ? html`<label class="label" for="evidence-link">${m.evidence_link}</label>
            <input id="evidence-link" type="text" inputmode="url" dir="ltr" autocomplete="off" maxlength="2000" aria-invalid=${bad} aria-describedby=${described} />`
      : html`<label class="label" for="evidence-file">${m.evidence_file}</label>
            <span class="hint" id="evidence-file-hint">${m.evidence_file_text}</span>
            <input id="evidence-file" type="file" accept="image/png,image/jpeg,text/plain" aria-invalid=${bad} aria-describedby="evidence-file-hint ${described}" />`;
    return html`<details>
      <summary>${m.evidence_add}</summary>
      <form @submit=${(e: Event) => this.send(e)} novalidate>
        <fieldset>
          <legend>${m.evidence_form}</legend>
          ${kForms.map((form) => html`<label class="option"><input type="radio" name="evidence-form" value=${form} ?checked=${this.form === form} @change=${() => choose(form)} /><span>${words[`evidence_as_${form}`]}</span></label>`)}
        </fieldset>
        <p id="evidence-fault" class=${bad ? "faults" : "aside"} role="alert">${this.fault}</p>
        ${field}
        ${this.form === "text" ? nothing : html`<label class="label" for="evidence-about">${m.evidence_about}</label><textarea id="evidence-about" rows="2" maxlength="20000" dir="auto"></textarea>`}
        <p class="hint" id="evidence-kept">${m.evidence_kept}</p>
        ${this.gone !== undefined && this.form === "file"
          ? html`<p role="status">${m.evidence_sending} <progress aria-label=${m.evidence_sending} max="1" .value=${this.gone}></progress></p>`
          : nothing}
        <button type="submit" ?disabled=${this.page.busy}>${m.evidence_send}</button>
      </form>
    </details>`;
  }
}
