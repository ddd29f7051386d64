import { css } from "lit";

export const row_style = css`
  article {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 0.625rem;
    border-block-end: 1px solid var(--line);
    border-inline-start: 4px solid transparent;
    padding: 0.5rem 0.625rem;
    contain: layout paint;
  }
  article:focus {
    outline: 3px solid var(--accent);
    outline-offset: -3px;
  }
  article.current {
    border-inline-start-color: var(--accent);
  }
  article.selected {
    background: var(--wash);
  }
  article > input {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin-block-start: 0.125rem;
    accent-color: var(--accent);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 0.625rem;
    align-items: baseline;
    font-size: 0.9375rem;
    color: var(--quiet);
  }
  .head strong {
    color: var(--ink);
  }
  .text {
    unicode-bidi: isolate;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    margin-block: 0.25rem;
    max-block-size: 24rem;
    overflow: auto;
  }
  mark {
    color: inherit;
    background: transparent;
    text-decoration: underline;
    text-decoration-thickness: 2px;
    text-decoration-color: var(--alarm);
    text-underline-offset: 3px;
    font-weight: 600;
  }
  .why {
    font-size: 0.875rem;
    color: var(--quiet);
    margin: 0;
    padding: 0;
    list-style: none;
  }
  article details {
    font-size: 0.9375rem;
  }
  article summary {
    min-block-size: 1.75rem;
    padding-block: 0.125rem;
    font-weight: 400;
  }
  article .theirs {
    max-block-size: 10rem;
    margin-block: 0.125rem 0.375rem;
  }
`;
