import type { Rgb } from "./png.ts";

export interface Colour {
  /** Its name in addresses: `/media/red.png`. */
  readonly en: string;
  readonly vi: string;
  readonly rgb: Rgb;
}

export const COLOURS: readonly Colour[] = [
  { en: "red", vi: "đỏ", rgb: [220, 38, 38] },
  { en: "orange", vi: "cam", rgb: [245, 130, 32] },
  { en: "yellow", vi: "vàng", rgb: [250, 204, 21] },
  { en: "green", vi: "xanh lá", rgb: [22, 163, 74] },
  { en: "blue", vi: "xanh dương", rgb: [37, 99, 235] },
  { en: "purple", vi: "tím", rgb: [147, 51, 234] },
  { en: "pink", vi: "hồng", rgb: [244, 114, 182] },
  { en: "brown", vi: "nâu", rgb: [120, 72, 40] },
  { en: "grey", vi: "xám", rgb: [128, 128, 128] },
  { en: "black", vi: "đen", rgb: [10, 10, 10] },
  { en: "white", vi: "trắng", rgb: [250, 250, 250] },
];

/** The colour that looks most like this one. */
export function nearestColour(rgb: Rgb): Colour | null {
  const distance = (colour: Colour): number =>
    colour.rgb.reduce((sum, value, i) => sum + (value - (rgb[i] ?? 0)) ** 2, 0);
  return COLOURS.reduce<Colour | null>(
    (best, each) => (best === null || distance(each) < distance(best) ? each : best),
    null,
  );
}
