import { defineConfig } from "vite";

export default defineConfig({
  base: "/capture/",
  build: {
    target: "es2021", // Chrome 92, which Android 5 can still have
    assetsInlineLimit: 0,
    rollupOptions: { input: ["index.html", "exit.html"] },
  },
});
