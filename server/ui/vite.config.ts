/** Bundles the browser side into the package's static files; every entry becomes one script and one stylesheet. */
import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/ui/",
  build: {
    outDir: "../ivig/web/static/ui",
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: { docs: "src/docs.ts" },
      output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
