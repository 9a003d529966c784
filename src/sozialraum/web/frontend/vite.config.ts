import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { subsetFonts } from "./fonts.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "./", // addresses inside the bundle are relative: the instance may serve it from anywhere
  publicDir: false,
  build: {
    outDir: here("../static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: { main: here("src/main.ts"), page: here("src/styles/page.scss") } },
  },
  css: { preprocessorOptions: { scss: { quietDeps: true, silenceDeprecations: ["if-function"] } } },
  plugins: [subsetFonts()],
});
