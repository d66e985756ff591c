/** Bundles the browser side into the package's static files: one small script for every page, and what some pages need
 *  in pieces of their own, which it asks for. */
import { defineConfig } from "vite";

export default defineConfig({
  // Pieces are asked for beside the script that needs them, so that the site can live below any path.
  base: "./",
  build: {
    outDir: "../ivig/web/static/ui",
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { site: "src/site.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash:8].js",
        assetFileNames: "[name]-[hash:8][extname]",
      },
    },
  },
});
