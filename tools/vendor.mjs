// Copies what the pages need out of node_modules into static/vendor, licences included. Run by `npm run vendor`.
//
// A folder's name carries its version: files that a stylesheet names by a relative address get no digest from the shop,
// and browsers keep them for a year.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";

const modules = new URL("../node_modules/", import.meta.url);
const vendor = new URL("../static/vendor/", import.meta.url);

async function open(name, folder) {
  const source = new URL(`${name}/`, modules);
  const { version } = JSON.parse(await readFile(new URL("package.json", source)));
  const target = new URL(`${folder}-${version}/`, vendor);
  await mkdir(target, { recursive: true });
  return { source, target, version };
}

await rm(vendor, { recursive: true, force: true });

const serif = await open("@fontsource/instrument-serif", "instrument-serif");
for (const subset of ["latin", "latin-ext"]) {
  const name = `instrument-serif-${subset}-400-normal.woff2`;
  await cp(new URL(`files/${name}`, serif.source), new URL(name, serif.target));
}
await cp(new URL("LICENSE", serif.source), new URL("LICENSE", serif.target));

// In a cascade layer of its own: unlayered rules would win over the shop's.
const normalize = await open("modern-normalize", "modern-normalize");
const css = await readFile(new URL("modern-normalize.css", normalize.source), "utf8");
await writeFile(new URL("modern-normalize.css", normalize.target), `@layer normalize {\n${css}}\n`);
await cp(new URL("license", normalize.source), new URL("LICENSE", normalize.target));

const plot = await open("uplot", "uplot");
for (const name of ["uPlot.iife.min.js", "uPlot.min.css"]) {
  await cp(new URL(`dist/${name}`, plot.source), new URL(name, plot.target));
}
await cp(new URL("LICENSE", plot.source), new URL("LICENSE", plot.target));
