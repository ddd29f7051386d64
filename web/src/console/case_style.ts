import { css } from "lit";

export const case_style = css`
  .page {
    padding: 0.75rem 1rem;
    display: flex;
    flex-direction: column;
    block-size: 100%;
    min-block-size: 0;
  }
  :host {
    block-size: 100%;
    min-block-size: 0;
  }
  .top p {
    margin: 0;
  }
  .said {
    min-block-size: 1.35rem;
    margin: 0;
    color: var(--quiet);
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1.5fr) minmax(19rem, 1fr);
    gap: 1rem;
    flex: 1;
    min-block-size: 0;
  }
  .left {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    overflow: hidden;
  }
  .pile {
    flex: 1;
    min-block-size: 0;
  }
  .tools {
    border-block-end: 1px solid var(--line);
    padding: 0.375rem 0.5rem;
    background: var(--wash);
  }
  .tools button {
    background: transparent;
    font-size: 0.9375rem;
    padding-inline: 0.5rem;
  }
  .top .row {
    gap: 0.25rem 0.5rem;
  }
  .pick[aria-pressed="true"] {
    color: var(--on-accent);
    background: var(--accent);
  }
  .right {
    overflow-y: auto;
    min-block-size: 0;
    padding-inline-end: 0.25rem;
  }
  @media (max-width: 56rem), (max-height: 30rem) {
    .page,
    :host {
      block-size: auto;
    }
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .left {
      block-size: 70vh;
    }
  }
`;
