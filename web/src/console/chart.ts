// <heed-chart>: bars by day. One stop of the Tab key; arrows go from bar to bar, Enter opens what stands behind one.
// Parts of a bar differ by their pattern, not by colour alone; the same numbers stand in a table beside it.
import { LitElement, css, html, svg, type TemplateResult } from "lit";
import { base } from "../shared/style.js";
import { number } from "./texts.js";

export interface Series {
  name: string;
  values: number[];
}

const kHigh = 132, kTop = 14, kFoot = 20, kLeft = 44;
const kFills = ["full", "striped", "open"] as const;

/** The next round number: 1, 2, 5, 10, 20, 50 … */
export function round_up(n: number): number {
  for (let step = 1; ; step *= 10) for (const one of [1, 2, 5]) if (one * step >= n) return one * step;
}

export class HeedChart extends LitElement {
  static override properties = { name: {}, labels: { attribute: false }, series: { attribute: false }, picked: { type: Number }, at: { state: true }, wide: { state: true } };
  static override styles = [
    base,
    css`
      :host {
        display: block;
        padding: 0;
        border-radius: 0;
        min-inline-size: 0;
      }
      svg {
        display: block;
        inline-size: 100%;
        overflow: visible;
        direction: ltr;
      }
      text {
        font: 0.75rem system-ui, sans-serif;
        fill: var(--quiet);
      }
      .grid {
        stroke: var(--line);
        stroke-width: 0.5;
      }
      .full {
        fill: var(--accent);
      }
      .open {
        fill: var(--paper);
      }
      .part {
        stroke: var(--accent);
        stroke-width: 1;
      }
      .lines {
        stroke: var(--accent);
        stroke-width: 3;
      }
      .under {
        fill: var(--paper);
      }
      [role="button"] {
        cursor: pointer;
        outline: none;
      }
      .behind {
        fill: transparent;
      }
      [role="button"]:hover .behind,
      [aria-pressed="true"] .behind {
        fill: var(--wash);
      }
      [role="button"]:focus-visible .behind {
        stroke: var(--accent);
        stroke-width: 2;
      }
      p {
        margin: 0.25rem 0 0;
        font-size: 0.875rem;
      }
      .key {
        display: inline-block;
        margin-inline-end: 1rem;
        white-space: nowrap;
      }
      .key svg {
        display: inline-block;
        inline-size: 0.875rem;
        block-size: 0.875rem;
        vertical-align: middle;
        margin-inline-end: 0.25rem;
      }
    `,
  ];

  declare name: string;
  declare labels: string[];
  declare series: Series[];
  /** The bar whose numbers are opened; -1 for none. */
  declare picked: number;
  declare private at: number;
  declare private wide: number;
  private sizes?: ResizeObserver;

  constructor() {
    super();
    this.name = "";
    this.labels = [];
    this.series = [];
    this.picked = -1;
    this.at = -1;
    this.wide = 600;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes = new ResizeObserver(([entry]) => (this.wide = Math.max(200, Math.round(entry!.contentRect.width))));
    this.sizes.observe(this);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes?.disconnect();
  }

  private get here(): number {
    return this.at < 0 || this.at >= this.labels.length ? this.labels.length - 1 : this.at;
  }
  private words(i: number): string {
    return `${this.labels[i] ?? ""}: ${this.series.map((one) => `${one.name} ${number(one.values[i] ?? 0)}`).join(", ")}`;
  }
  private pick(i: number): void {
    this.at = i;
    this.dispatchEvent(new CustomEvent("pick", { detail: i }));
  }
  private async pressed(event: KeyboardEvent): Promise<void> {
    const to = { ArrowLeft: this.here - 1, ArrowRight: this.here + 1, Home: 0, End: this.labels.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") this.pick(this.here);
    else if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to === undefined) return;
    this.at = Math.max(0, Math.min(this.labels.length - 1, to));
    await this.updateComplete;
    this.renderRoot.querySelector<SVGElement>("[tabindex='0']")?.focus();
  }

  override render(): TemplateResult {
    const totals = this.labels.map((_, i) => this.series.reduce((sum, one) => sum + (one.values[i] ?? 0), 0));
    const most = round_up(Math.max(1, ...totals)), step = (this.wide - kLeft) / Math.max(1, this.labels.length);
    const y = (n: number) => kTop + kHigh - (n / most) * kHigh, last = this.labels.length - 1;
    return html`<svg viewBox="0 0 ${this.wide} ${kTop + kHigh + kFoot}" height=${kTop + kHigh + kFoot} role="group" aria-label=${this.name} @keydown=${this.pressed}>
        ${pattern}
        ${[0, most / 2, most].map((n) => svg`<line class="grid" x1=${kLeft} x2=${this.wide} y1=${y(n)} y2=${y(n)}></line>
          ${Number.isInteger(n) ? svg`<text aria-hidden="true" x=${kLeft - 6} y=${y(n) + 4} text-anchor="end">${number(n)}</text>` : ""}`)}
        ${this.labels.map((_, i) => this.bar(i, kLeft + i * step, step, y))}
        <text aria-hidden="true" x=${kLeft} y=${kTop + kHigh + 15}>${this.labels[0] ?? ""}</text>
        ${last > 0 ? svg`<text aria-hidden="true" x=${this.wide} y=${kTop + kHigh + 15} text-anchor="end">${this.labels[last]}</text>` : ""}
      </svg>
      <p>${this.series.map((one, i) => html`<span class="key"><svg viewBox="0 0 14 14" aria-hidden="true">${pattern}${part(i, 1, 1, 12, 12)}</svg>${one.name}</span>`)}</p>
      <p aria-hidden="true">${this.labels.length ? this.words(this.here) : ""}</p>`;
  }
  private bar(i: number, x: number, step: number, y: (n: number) => number): unknown {
    let below = 0;
    const inset = Math.min(6, step / 6);
    return svg`<g role="button" tabindex=${i === this.here ? "0" : "-1"} aria-pressed=${i === this.picked ? "true" : "false"} aria-label=${this.words(i)}
        @click=${() => this.pick(i)} @pointerenter=${() => (this.at = i)}>
      <rect class="behind" x=${x + 1} y=${kTop - 4} width=${Math.max(1, step - 2)} height=${kHigh + 4}></rect>
      ${this.series.map((one, which) => {
        const n = one.values[i] ?? 0, top = y(below + n), bottom = y(below);
        below += n;
        return n > 0 ? part(which, x + inset, top, Math.max(1, step - 2 * inset), Math.max(1, bottom - top)) : "";
      })}
    </g>`;
  }
}

const pattern = svg`<defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="under" width="6" height="6"></rect><line class="lines" x1="1" y1="0" x2="1" y2="6"></line></pattern></defs>`;
const part = (which: number, x: number, y: number, width: number, height: number): unknown =>
  svg`<rect class="part ${kFills[which % 3]!}" fill=${which % 3 === 1 ? "url(#stripes)" : ""} x=${x} y=${y} width=${width} height=${height}></rect>`;
