// The page's own modules: imports them and gathers their hooks and options for LiveSocket.
// A module that fails is reported and never stops the others or the page.

import { ViewHook } from "phoenix_live_view";
import type { Hook, HooksOptions, LiveSocketOptions } from "phoenix_live_view";

export interface LoadedModule {
  source: string;
  exports: Record<string, unknown>;
}

export interface Collected {
  /** Everything for LiveSocket but `params`. */
  options: Partial<LiveSocketOptions>;
  hooks: HooksOptions;
  /** The join parameters of every module that gave some, in order. */
  params: Params[];
}

export type Params = Record<string, unknown> | ((el: HTMLElement) => Record<string, unknown>);

const CALLBACKS = [
  "mounted",
  "beforeUpdate",
  "updated",
  "destroyed",
  "disconnected",
  "reconnected",
];
const TABLES = ["uploaders", "dom", "metadata"] as const;
const RESERVED = new Set<string>(["default", "hooks", "params", "options", ...TABLES]);

/** The modules that could not be loaded, and why. */
export const failures: { source: string; error: unknown }[] = [];

/** Imports all modules side by side and keeps those that loaded, in the order of `sources`. */
export async function loadModules(
  sources: string[],
  load: (source: string) => Promise<Record<string, unknown>> = importModule,
): Promise<LoadedModule[]> {
  const loaded = await Promise.all(
    sources.map(async (source) => {
      try {
        return [{ source, exports: await load(source) }];
      } catch (error) {
        console.error(`wirebird: ${source} could not be loaded; the page goes on without it.`, error);
        failures.push({ source, error });
        return [];
      }
    }),
  );
  return loaded.flat();
}

// A bundle resolves relative addresses from itself; those in the page are meant from the page.
export function importModule(source: string): Promise<Record<string, unknown>> {
  return import(new URL(source, document.baseURI).href);
}

/** Gathers what modules export. When two give the same name, the later one counts. */
export function collect(modules: LoadedModule[]): Collected {
  const hooks = new Table("hook");
  const tables = { uploaders: new Table("uploader"), dom: new Table("dom callback"), metadata: new Table("metadata callback") };
  const options = new Table("option");
  const params: Params[] = [];

  for (const { source, exports } of modules) {
    if (isHook(exports.default)) {
      console.error(
        `wirebird: the default export of ${source} is a hook without a name. ` +
          "Export an object of hooks, or the hook under its name: export const MyHook = {...}",
      );
    } else {
      hooks.addAll(exports.default, source);
    }
    hooks.addAll(exports.hooks, source);
    for (const [name, value] of Object.entries(exports)) {
      if (!RESERVED.has(name) && isHook(value)) {
        hooks.add(name, value, source);
      }
    }
    for (const name of TABLES) {
      tables[name].addAll(exports[name], source);
    }
    options.addAll(exports.options, source);
    if (isParams(exports.params)) {
      params.push(exports.params);
    }
  }

  const found: Record<string, unknown> = { ...options.values };
  for (const name of TABLES) {
    if (tables[name].size > 0) {
      found[name] = tables[name].values;
    }
  }
  return { options: found, hooks: hooks.values as HooksOptions, params };
}

/** One function over all params, as LiveSocket wants it; later ones win. */
export function mergeParams(all: Params[]): (el: HTMLElement) => Record<string, unknown> {
  return (el) =>
    Object.assign({}, ...all.map((params) => (typeof params === "function" ? params(el) : params)));
}

export function isHook(value: unknown): value is Hook | typeof ViewHook {
  if (typeof value === "function") {
    return value.prototype instanceof ViewHook;
  }
  return (
    typeof value === "object" &&
    value !== null &&
    CALLBACKS.some((name) => typeof (value as Record<string, unknown>)[name] === "function")
  );
}

function isParams(value: unknown): value is Params {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

// Names with the values and the modules they came from, so that a name given twice can be told.
class Table {
  readonly values: Record<string, unknown> = {};
  private readonly sources = new Map<string, string>();

  constructor(private readonly noun: string) {}

  get size(): number {
    return this.sources.size;
  }

  add(name: string, value: unknown, source: string): void {
    const earlier = this.sources.get(name);
    if (earlier !== undefined && this.values[name] !== value) {
      console.error(
        `wirebird: the ${this.noun} "${name}" is in ${earlier} and in ${source}. ` +
          `The one in ${source} is used; rename one of them.`,
      );
    }
    this.values[name] = value;
    this.sources.set(name, source);
  }

  addAll(values: unknown, source: string): void {
    if (typeof values === "object" && values !== null) {
      for (const [name, value] of Object.entries(values)) {
        this.add(name, value, source);
      }
    }
  }
}
