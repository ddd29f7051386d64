// <heed-case-pieces>: what parties added to their case. Words and links are text; a picture is read only when asked for,
// drawn blurred and without colour unless somebody chose otherwise, and never moves or sounds.
import { getCasesIdEvidence, type Piece } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { plain } from "./post_row.js";
import type { Shift } from "./shift.js";
import { console_style } from "./style.js";
import { moment, number, texts } from "./texts.js";

type View = TemplateResult | typeof nothing;
const kPictureWidth = 480;

export class HeedCasePieces extends LitElement {
  static override properties = { case: {}, pieces: { state: true }, shown: { state: true }, sharp: { state: true }, coloured: { state: true }, fault: { state: true } };
  static override styles = [
    base, console_style,
    css`
      :host {
        padding: 0;
      }
      canvas {
        max-inline-size: 100%;
        block-size: auto;
        border: 1px solid var(--line);
      }
      .box {
        overflow: hidden;
      }
      .blur {
        filter: blur(12px);
      }
      .grey {
        filter: grayscale(1);
      }
      .blur.grey {
        filter: blur(12px) grayscale(1);
      }
    `,
  ];

  desk!: Desk;
  shift!: Shift;
  declare case: string;
  declare private pieces?: Piece[];
  declare private shown: ReadonlySet<string>;
  declare private sharp: ReadonlySet<string>;
  declare private coloured: ReadonlySet<string>;
  declare private fault: string;

  constructor() {
    super();
    this.case = this.fault = "";
    this.shown = this.sharp = this.coloured = new Set();
  }
  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.get("case")) {
      this.pieces = undefined;
      this.shown = this.sharp = this.coloured = new Set();
    }
  }
  private async opened(event: Event): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open || this.pieces) return;
    try {
      this.pieces = (await getCasesIdEvidence(this.desk.http, this.case)).items;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  private async show(piece: Piece): Promise<void> {
    try {
      const bytes = await this.desk.http.download(`/v1/cases/${encodeURIComponent(this.case)}/evidence/${encodeURIComponent(piece.piece_id)}`, {});
      const picture = await createImageBitmap(new Blob([bytes], { type: piece.type ?? "" }));
      this.shown = new Set(this.shown).add(piece.piece_id);
      await this.updateComplete;
      const canvas = this.renderRoot.querySelector<HTMLCanvasElement>(`#p-${piece.piece_id}`)!;
      const scale = Math.min(1, kPictureWidth / picture.width);
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      canvas.focus();
    } catch (error) {
      this.fault = error instanceof DOMException ? texts.picture_unreadable : words_for(error);
    }
  }
  private toggle(what: "sharp" | "coloured", id: string): void {
    const next = new Set(this[what]);
    if (!next.delete(id)) next.add(id);
    this[what] = next;
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <details id="pieces" @toggle=${this.opened}>
        <summary>${m.pieces}</summary>
        ${this.pieces === undefined
          ? html`<p role="status">${m.loading}</p>`
          : this.pieces.length
            ? this.pieces.map((piece) => this.piece(piece))
            : html`<p class="quiet">${m.no_pieces}</p>`}
      </details>`;
  }
  private piece(piece: Piece): TemplateResult {
    const m = texts, said = (piece.said ?? {}) as Record<string, unknown>, text = (name: string) => (typeof said[name] === "string" ? (said[name] as string) : "");
    const words = [text("text"), text("url"), text("name"), text("about")].filter(Boolean);
    return html`<div class="card">
      <p class="small quiet">${moment(piece.at)}${piece.party ? ` · ${fill(m.said_by, { n: piece.party })}` : nothing} · ${m.only_reporter}</p>
      ${piece.said === null ? html`<p class="quiet">${m.erased}</p>` : words.map((one) => html`<div class="theirs" dir="auto">${plain(one, Infinity)}</div>`)}
      ${piece.type?.startsWith("image/") ? this.picture(piece) : piece.type ? html`<p class="small">${fill(m.piece_file, { type: piece.type, n: number(piece.size) })}</p>` : nothing}
    </div>`;
  }
  private picture(piece: Piece): View {
    const m = texts, id = piece.piece_id, { blur, grey } = this.shift.choices;
    if (!this.shown.has(id)) return html`<button type="button" @click=${() => this.show(piece)}>${m.show_picture}</button>`;
    const blurred = blur !== this.sharp.has(id), pale = grey !== this.coloured.has(id);
    return html`<div class="box"><canvas id="p-${id}" tabindex="0" role="img" aria-label=${m.picture} class="${blurred ? "blur" : ""} ${pale ? "grey" : ""}"></canvas></div>
      <div class="row">
        <button type="button" aria-pressed=${blurred} @click=${() => this.toggle("sharp", id)}>${m.blurred}</button>
        <button type="button" aria-pressed=${pale} @click=${() => this.toggle("coloured", id)}>${m.greyed}</button>
      </div>`;
  }
}
