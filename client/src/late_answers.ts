// LiveView takes the answer to a join when no transition runs. A view that has ended meanwhile, as its
// parent crashed or a patch took it away, would take it nevertheless and keep its element for itself: no
// other view could have it, and the page would stay as it is.

interface View {
  isDestroyed(): boolean;
  onJoin(...given: unknown[]): void;
  applyJoinPatch(...given: unknown[]): void;
}

/** Makes the view that joins take no answer once it has ended; LiveSocket asks for its parameters first. */
export function takeNoLateAnswers(el?: Element & { phxPrivate?: { view?: View } }): Record<string, never> {
  const view = el?.phxPrivate?.view;
  if (view && !Object.hasOwn(view, "onJoin")) {
    for (const name of ["onJoin", "applyJoinPatch"] as const) {
      const take = view[name];
      view[name] = (...given) => view.isDestroyed() || take.apply(view, given);
    }
  }
  return {};
}
