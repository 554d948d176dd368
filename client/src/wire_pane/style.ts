// The pane's own style, in its shadow root: the page's rules do not reach it. A constructed sheet needs
// no nonce. Light or dark as the page is.

export const STYLE = `
:host {
  all: initial;
  color-scheme: inherit;
  --text: #1c1917;
  --muted: #57534e;
  --back: #fff;
  --raised: #f5f5f4;
  --line: #d6d3d1;
  --accent: #0f766e;
  --warn: #b45309;
  --text: light-dark(#1c1917, #f5f5f4);
  --muted: light-dark(#57534e, #b8b2ad);
  --back: light-dark(#fff, #1c1917);
  --raised: light-dark(#f5f5f4, #292524);
  --line: light-dark(#d6d3d1, #57534e);
  --accent: light-dark(#0f766e, #2dd4bf);
  --warn: light-dark(#9a3412, #fdba74);
  color: var(--text);
  font: 13px/1.45 ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", sans-serif;
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, input, select {
  font: inherit;
  color: inherit;
  min-block-size: 28px;
  padding: 2px 9px;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: var(--back);
}
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
button[aria-pressed="true"] { background: var(--accent); color: var(--back); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
code, .code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 12px; }

.badge {
  position: fixed;
  inset-block-end: calc(10px + env(safe-area-inset-bottom));
  inset-inline-end: 10px;
  z-index: 2147483645;
  min-block-size: 28px;
  padding: 4px 11px;
  border: 1px solid var(--line);
  border-radius: 99px;
  background: var(--back);
  cursor: pointer;
  font-size: 12px;
  white-space: pre;
  font-variant-numeric: tabular-nums;
  box-shadow: 0 2px 10px rgb(0 0 0 / 18%);
}
.badge:hover { border-color: var(--accent); }
.warnings { color: var(--warn); font-weight: 700; }

.pane {
  position: fixed;
  inset: auto 0 0;
  z-index: 2147483645;
  display: flex;
  flex-direction: column;
  block-size: min(24rem, 46vh);
  background: var(--back);
  border-block-start: 1px solid var(--line);
  box-shadow: 0 -6px 24px rgb(0 0 0 / 14%);
  outline-offset: -3px;
}
header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px;
  padding: 6px 12px;
  background: var(--raised);
  border-block-end: 1px solid var(--line);
}
h2 { margin: 0; font-size: 14px; }
.sum { margin-inline-end: auto; color: var(--muted); font-variant-numeric: tabular-nums; }
.filter { inline-size: 11rem; min-inline-size: 6rem; }
.rows {
  flex: 1;
  margin: 0;
  padding: 0 0 env(safe-area-inset-bottom);
  overflow: auto;
  overscroll-behavior: contain;
  list-style: none;
}
.empty { padding: 1rem 12px; color: var(--muted); }
.row + .row { border-block-start: 1px solid var(--line); }
.head {
  display: grid;
  grid-template-columns: 6.2em minmax(0, 1fr) minmax(0, 1fr) 5em 13em;
  gap: 10px;
  align-items: baseline;
  inline-size: 100%;
  padding: 4px 12px;
  border: 0;
  border-radius: 0;
  text-align: start;
  font-variant-numeric: tabular-nums;
}
.head:hover, .head[aria-expanded="true"] { background: var(--raised); }
.head:focus-visible { outline-offset: -2px; }
.at, .times { color: var(--muted); }
.size, .times { text-align: end; white-space: nowrap; }
.preview { overflow: hidden; color: var(--muted); text-overflow: ellipsis; white-space: nowrap; }
.words { overflow-wrap: anywhere; }
.words code { color: var(--accent); font-weight: 600; }
.of-warning .words { color: var(--warn); font-weight: 600; }
.detail {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr));
  gap: 4px 24px;
  padding: 4px 12px 12px 24px;
  background: var(--raised);
}
h3 { margin: 6px 0 2px; font-size: 12px; color: var(--muted); font-weight: 600; }
.detail > section { min-inline-size: 0; }
.detail > .copy { grid-column: 1 / -1; justify-self: start; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.tree, .tree ul { margin: 0; padding: 0; list-style: none; }
.tree ul { padding-inline-start: 14px; border-inline-start: 1px solid var(--line); }
.tree li { padding-block: 1px; overflow-wrap: anywhere; }
.leaf:hover { background: color-mix(in srgb, var(--accent) 14%, transparent); }
.label { color: var(--muted); }
.element {
  min-block-size: 24px;
  margin-inline-start: 6px;
  padding: 0 7px;
  border-radius: 99px;
  font-size: 12px;
}
.changed .element { margin-inline-start: 0; }
.changed li { padding-block: 1px; }
.said { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }

.box {
  position: fixed;
  z-index: 2147483644;
  border: 2px solid var(--accent);
  border-radius: 4px;
  background: color-mix(in srgb, var(--accent) 16%, transparent);
  pointer-events: none;
}

@media (max-width: 48rem) {
  .pane { block-size: 56vh; border-start-start-radius: 14px; border-start-end-radius: 14px; }
  header { border-radius: inherit; }
  .filter { flex: 1 1 8rem; }
  header select { inline-size: 8rem; }
  header > :not(h2, .sum, .close) { order: 1; }
  .head { grid-template-columns: minmax(0, 1fr) auto; gap: 0 10px; }
  .at, .preview { display: none; }
  .times { grid-column: 1 / -1; text-align: start; }
  .times:empty { display: none; }
  .detail { padding-inline-start: 12px; }
}
@media (prefers-reduced-motion: no-preference) {
  .pane { animation: rise 140ms ease-out; }
  @keyframes rise { from { translate: 0 24px; opacity: 0; } }
}
@media (forced-colors: active) {
  .box { border-color: Highlight; background: none; }
  button[aria-pressed="true"] { border: 3px solid Highlight; }
}
@media print {
  :host { display: none; }
}
`;
