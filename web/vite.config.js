// Everything the page needs lies in the bundle: no request leaves the machine.
import { defineConfig } from "vite";
import { viteStaticCopy } from "vite-plugin-static-copy";
import { licences } from "./licences.js";

const CESIUM = "node_modules/cesium/Build/Cesium";
// Of Cesium's own files the page uses the workers, the Natural Earth textures and a few tables; no skins, no star map.
const NEEDED = [
  "Workers",
  "Assets/Textures/NaturalEarthII",
  "Assets/Textures/moonSmall.jpg",
  "Assets/Textures/pin.svg",
  "Assets/Images/ion-credit.png",
  "Assets/approximateTerrainHeights.json",
  "Assets/IAU2006_XYS",
];

export default defineConfig({
  base: "./",
  define: { CESIUM_BASE_URL: JSON.stringify("./cesium") },
  build: { target: "es2022", chunkSizeWarningLimit: 6000, sourcemap: false, assetsInlineLimit: 0 },
  plugins: [
    licences(["cesium"]),
    viteStaticCopy({
      targets: [
        ...NEEDED.map((name) => ({ src: `${CESIUM}/${name}`, dest: `cesium/${name.split("/").slice(0, -1).join("/")}` })),
        { src: "../src/synaspis/data/natural_earth/countries-50m.json", dest: "borders" },
      ],
    }),
  ],
  server: { proxy: { "/api": "http://127.0.0.1:8800", "/enter": "http://127.0.0.1:8800" } },
  test: { include: ["tests/unit/**/*.test.ts"] },
});
