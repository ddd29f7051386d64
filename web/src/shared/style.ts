import { css } from "lit";

/** Colours pass 4.5:1 in both themes; a page that embeds us may set the --heed-* properties. Logical sides only. */
export const base = css`
  :host {
    --ink: var(--heed-ink, #1b1f24);
    --quiet: var(--heed-quiet, #4a525c);
    --paper: var(--heed-paper, #ffffff);
    --wash: var(--heed-wash, #f2f5f8);
    --line: var(--heed-line, #767f8a);
    --accent: var(--heed-accent, #0b57a4);
    --on-accent: var(--heed-on-accent, #ffffff);
    --alarm: var(--heed-alarm, #a3182a);
    display: block;
    color: var(--ink);
    background: var(--paper);
    font: 1rem/1.5 var(--heed-font, system-ui, sans-serif);
    color-scheme: light dark;
    overflow-wrap: anywhere;
    padding: 1rem;
    border-radius: 0.75rem;
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme="light"])) {
      --ink: var(--heed-ink, #eceff3);
      --quiet: var(--heed-quiet, #b9c1cb);
      --paper: var(--heed-paper, #15191e);
      --wash: var(--heed-wash, #20262d);
      --line: var(--heed-line, #8b95a1);
      --accent: var(--heed-accent, #8cc2ff);
      --on-accent: var(--heed-on-accent, #0c1116);
      --alarm: var(--heed-alarm, #ff9ba6);
    }
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
    --ink: var(--heed-ink, #eceff3);
    --quiet: var(--heed-quiet, #b9c1cb);
    --paper: var(--heed-paper, #15191e);
    --wash: var(--heed-wash, #20262d);
    --line: var(--heed-line, #8b95a1);
    --accent: var(--heed-accent, #8cc2ff);
    --on-accent: var(--heed-on-accent, #0c1116);
    --alarm: var(--heed-alarm, #ff9ba6);
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  h2 {
    font-size: 1.35rem;
    line-height: 1.3;
    margin-block: 0 0.5rem;
  }
  h3 {
    font-size: 1.1rem;
    margin-block: 1.25rem 0.25rem;
  }
  .step {
    display: block;
    font-size: 0.875rem;
    font-weight: 400;
    color: var(--quiet);
  }
  p {
    margin-block: 0 0.75rem;
  }
  .quiet,
  .hint {
    color: var(--quiet);
  }
  .hint {
    display: block;
    font-size: 0.9375rem;
    font-weight: 400;
  }
  button + .hint,
  .hint + select {
    margin-block-start: 0.375rem;
  }
  fieldset {
    border: 0;
    margin: 0 0 1rem;
    padding: 0;
    min-inline-size: 0;
  }
  legend,
  .label {
    font-weight: 600;
    padding: 0;
    margin-block-end: 0.25rem;
    display: block;
  }
  .aside {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .option {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.625rem;
    align-items: start;
    padding: 0.5rem;
    margin-block-end: 0.25rem;
    border-radius: 0.5rem;
    cursor: pointer;
    min-block-size: 2.75rem;
  }
  .option:hover,
  .option:has(input:checked) {
    background: var(--wash);
  }
  .option input {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin: 0.125rem 0 0;
    accent-color: var(--accent);
  }
  input:not([type="checkbox"], [type="radio"]),
  textarea,
  select {
    font: inherit;
    color: inherit;
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    padding: 0.5rem 0.625rem;
    inline-size: 100%;
    max-inline-size: 34rem;
    min-block-size: 2.75rem;
    display: block;
    margin-block-end: 0.75rem;
    text-overflow: ellipsis;
  }
  [aria-invalid="true"] {
    border-color: var(--alarm);
  }
  button,
  .button {
    font: inherit;
    font-weight: 600;
    color: var(--accent);
    background: var(--paper);
    border: 2px solid var(--accent);
    border-radius: 0.5rem;
    padding: 0.5rem 1.125rem;
    min-block-size: 2.75rem;
    cursor: pointer;
    text-decoration: none;
    display: inline-block;
    max-inline-size: 100%;
  }
  button.main,
  .button.main {
    color: var(--on-accent);
    background: var(--accent);
  }
  button.plain {
    border-color: transparent;
    text-decoration: underline;
    padding-inline: 0.25rem;
    font-weight: 400;
    text-align: start;
  }
  a {
    color: var(--accent);
  }
  :focus-visible,
  h2:focus {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  h2:focus:not(:focus-visible) {
    outline: none;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
    margin-block: 1rem 0;
  }
  .faults {
    border-inline-start: 4px solid var(--alarm);
    padding: 0.5rem 0.75rem;
    margin-block: 0.75rem;
    background: var(--wash);
  }
  .note {
    background: var(--wash);
    border-radius: 0.5rem;
    padding: 0.75rem;
    margin-block: 0.75rem;
  }
  summary {
    cursor: pointer;
    min-block-size: 2.75rem;
    padding-block: 0.5rem;
    font-weight: 600;
    color: var(--accent);
  }
  details > :not(summary) {
    margin-inline-start: 0.5rem;
  }
  ul,
  ol {
    padding-inline-start: 1.25rem;
    margin-block: 0 0.75rem;
  }
  .number {
    font-size: 1.5rem;
    font-weight: 700;
    letter-spacing: 0.04em;
    white-space: nowrap;
    direction: ltr;
    unicode-bidi: isolate;
  }
  bdi,
  .theirs {
    unicode-bidi: isolate;
  }
  .theirs {
    border-inline-start: 4px solid var(--line);
    padding-inline-start: 0.75rem;
    margin: 0.25rem 0 0.75rem;
    max-block-size: 16rem;
    overflow: auto;
    white-space: pre-wrap;
  }
`;
