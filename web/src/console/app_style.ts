import { css } from "lit";

export const app_style = css`
  :host {
    min-block-size: 100vh;
  }
  .alone {
    max-inline-size: 26rem;
    margin-inline: auto;
    padding: 2rem 1rem;
    display: block;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 0.125rem 0.75rem;
    align-items: center;
    justify-content: space-between;
    padding: 0.25rem 1rem;
    background: var(--wash);
    border-block-end: 1px solid var(--line);
  }
  header form {
    flex: 0 1 9rem;
  }
  header form input {
    margin: 0 !important;
  }
  header .row {
    gap: 0.125rem 0.375rem;
  }
  nav {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
  }
  nav a {
    padding: 0.25rem 0.5rem;
    border-radius: 0.5rem;
    text-decoration: none;
    border: 1px solid transparent;
    min-block-size: 2.25rem;
  }
  nav a[aria-current="page"] {
    background: var(--paper);
    border-color: var(--line);
    font-weight: 600;
  }
  .count {
    font-variant-numeric: tabular-nums;
    color: var(--ink);
  }
  .count.life {
    color: var(--alarm);
    font-weight: 600;
  }
  .kinds {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
  }
  .strip {
    margin: 0;
    padding: 0.25rem 1rem;
    background: var(--wash);
    border-block-end: 1px solid var(--line);
  }
  .skip {
    position: absolute;
    inset-inline-start: 0.5rem;
    inset-block-start: -4rem;
    background: var(--paper);
    padding: 0.5rem;
    z-index: 2;
  }
  .skip:focus {
    inset-block-start: 0.5rem;
  }
  @media (min-width: 56rem) and (min-height: 30rem) {
    :host([fixed]) {
      display: flex;
      flex-direction: column;
      block-size: 100vh;
      overflow: hidden;
    }
    :host([fixed]) main {
      flex: 1;
      min-block-size: 0;
    }
  }
`;
