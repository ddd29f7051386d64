import { css } from "lit";

/** What the console adds to the shared sheet: denser, with room for a list beside a form. */
export const console_style = css`
  :host {
    padding: 0;
    border-radius: 0;
    background: var(--paper);
    min-inline-size: 0;
  }
  h1 {
    font-size: 1.35rem;
    line-height: 1.3;
    margin-block: 0 0.5rem;
  }
  h2 {
    font-size: 1.1rem;
    margin-block: 0 0.25rem;
  }
  h1:focus {
    outline: none;
  }
  h3 {
    font-size: 1rem;
    margin-block: 0.75rem 0.25rem;
  }
  button,
  .button {
    min-block-size: 2.25rem;
    padding: 0.25rem 0.75rem;
  }
  label {
    display: block;
    font-weight: 600;
  }
  input:not([type="checkbox"], [type="radio"]),
  textarea,
  select {
    min-block-size: 2.25rem;
    padding: 0.25rem 0.5rem;
    max-inline-size: none;
  }
  kbd {
    font: 600 0.8125rem/1 ui-monospace, monospace;
    border: 1px solid var(--line);
    border-radius: 0.25rem;
    padding: 0.125rem 0.3125rem;
    background: var(--wash);
    color: var(--ink);
    white-space: nowrap;
  }
  button.plain {
    background: transparent;
  }
  button kbd {
    margin-inline-start: 0.375rem;
  }
  @media (max-width: 40rem) {
    button kbd {
      display: none;
    }
  }
  section + section {
    margin-block-start: 1.25rem;
  }
  .badge {
    display: inline-block;
    font-size: 0.875rem;
    line-height: 1.25;
    font-weight: 600;
    border: 1px solid var(--line);
    border-radius: 1rem;
    padding: 0.125rem 0.5rem;
    background: var(--paper);
  }
  .badge.life,
  .late {
    color: var(--alarm);
    border-color: var(--alarm);
  }
  .soon {
    font-weight: 700;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem 0.75rem;
    align-items: center;
  }
  .row.apart {
    justify-content: space-between;
  }
  .card {
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    padding: 0.75rem;
    margin-block-end: 0.75rem;
  }
  .check {
    display: flex;
    gap: 0.5rem;
    align-items: start;
    font-weight: 400;
    min-block-size: 1.75rem;
  }
  .check input {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    margin-block-start: 0.1875rem;
    accent-color: var(--accent);
    flex: none;
  }
  .small {
    font-size: 0.875rem;
  }
  table {
    border-collapse: collapse;
    inline-size: 100%;
  }
  th,
  td {
    text-align: start;
    padding: 0.25rem 0.5rem;
    border-block-end: 1px solid var(--line);
    vertical-align: top;
  }
  dialog {
    color: var(--ink);
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    padding: 1rem;
    inline-size: min(40rem, calc(100vw - 2rem));
    max-block-size: calc(100vh - 2rem);
    overflow: auto;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 0.5);
  }
  .told {
    white-space: pre-wrap;
    border-inline-start: 4px solid var(--accent);
    padding-inline-start: 0.75rem;
    margin: 0.25rem 0 0.75rem;
    max-block-size: 20rem;
    overflow: auto;
    unicode-bidi: isolate;
  }
  :focus-visible {
    outline-offset: 1px;
  }
  @media (prefers-reduced-motion: no-preference) {
    .busy {
      opacity: 0.75;
    }
  }
  .unseen {
    font: 0.75rem/1 ui-monospace, monospace;
    border: 1px dashed var(--line);
    border-radius: 0.25rem;
    padding: 0 0.25rem;
    color: var(--quiet);
    unicode-bidi: isolate;
    direction: ltr;
  }
`;

/** Of the parts about the policy pack: a file, and what changed in it. */
export const pack_style = css`
  :host {
    padding: 0;
    margin-block: 1.25rem;
  }
  pre {
    overflow: auto;
    max-block-size: 24rem;
    font: 0.875rem/1.4 ui-monospace, monospace;
    border: 1px solid var(--line);
    border-radius: 0.375rem;
    padding: 0.5rem;
    unicode-bidi: isolate;
  }
  ins {
    text-decoration: none;
    font-weight: 700;
  }
`;
