// Bundles the client into the folder named on the command line: wirebird.js, also compressed, what pages
// load besides in development or when the wire pane is opened, and the licences of every package inside
// it. A copy of these stands at the top of the repository, for the package's metadata, which is made
// before this is; a test compares them.
//
//     node build.mjs ../src/wirebird/web/assets

import { readdir, readFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../src/wirebird/web/assets"));

// Packages that another package carries inside the file it publishes, where esbuild cannot see
// them. They are development dependencies here so that their licences can be read; which version or
// fork is carried, the carrier's own package.json says.
const CARRIED = { phoenix_live_view: ["morphdom"] };
const CARRIER = { morphdom: "phoenix_live_view" };

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: {
      wirebird: "src/index.ts",
      development: "src/development.ts",
      wire_pane: "src/wire_pane/index.ts",
    },
    outdir: out,
    bundle: true,
    format: "esm",
    target: "es2020",
    minify: true,
    legalComments: "none",
    banner: { js: "/*! Wirebird. MIT. Parts by others: see THIRD_PARTY_LICENSES.txt */" },
    metafile: true,
    logLevel: "warning",
  });
  const names = Object.keys(result.metafile.inputs)
    .map((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter((name) => name !== undefined);
  return [...new Set(names.flatMap((name) => [name, ...(CARRIED[name] ?? [])]))].sort();
}

async function packageOf(name) {
  return JSON.parse(await readFile(join(here, "node_modules", name, "package.json"), "utf8"));
}

async function version(name, about) {
  if (!(name in CARRIER)) return about.version;
  const carrier = await packageOf(CARRIER[name]);
  const carried = carrier.dependencies?.[name] ?? carrier.devDependencies[name];
  return `(${carried}, as in ${carrier.name} ${carrier.version})`;
}

async function licence(name) {
  const folder = join(here, "node_modules", name);
  const about = await packageOf(name);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (file === undefined) {
    throw new Error(`${name} has no licence file, so it may not go into the bundle`);
  }
  const text = (await readFile(join(folder, file), "utf8")).trim();
  const title = `${name} ${await version(name, about)} (${about.license})`;
  return `${title}\n${"-".repeat(title.length)}\n\n${text}\n`;
}

await mkdir(out, { recursive: true });
const names = await bundle();
for (const name of ["wirebird.js", "wire_pane.js"]) {
  const script = await readFile(join(out, name));
  await writeFile(join(out, `${name}.gz`), gzipSync(script, { level: 9 }));
  await writeFile(join(out, `${name}.br`), brotliCompressSync(script));
}
const texts = await Promise.all(names.map(licence));
const heading = "wirebird.js contains the following packages, under their own licences.\n";
await writeFile(join(out, "THIRD_PARTY_LICENSES.txt"), [heading, ...texts].join("\n\n"));
