// Bundle the app, then write the service worker that keeps all of it on the phone.
import { copyFile } from "node:fs/promises";
import { build } from "vite";
import { generateSW } from "workbox-build";

await build({ logLevel: "warn" });
const { count, size, warnings } = await generateSW({
  globDirectory: "dist",
  globPatterns: ["**/*.{html,js,css,svg,webmanifest}"],
  swDest: "dist/sw.js",
  importScripts: ["/capture/sync.js"],
  navigateFallback: "/capture/index.html",
  navigateFallbackDenylist: [/^\/capture\/api\//, /exit\.html$/],
  modifyURLPrefix: { "": "/capture/" },
  directoryIndex: "index.html",
  cleanupOutdatedCaches: true,
  clientsClaim: true,
  skipWaiting: false, // a new version waits until no recording is open
  sourcemap: false,
  inlineWorkboxRuntime: true,
});
for (const warning of warnings) console.warn(warning);
console.log(`${count} files, ${Math.round(size / 1024)} KB`);
// Not the app's: the shapes of countries (Natural Earth, public domain) for the newsroom's map of stories.
await copyFile("node_modules/world-atlas/countries-110m.json", "dist/countries.json");
