/** How text looks: by names of looks and of one of sixteen colours. */
export interface Style {
  looks: readonly string[];
  colour?: string | undefined;
}

/** Text as it comes. */
export const PLAIN_STYLE: Style = { looks: [] };

/** The style after a terminal's codes, `1;31` say. Backgrounds, blinking and hiding are not for a page. */
export function styled({ looks, colour }: Style, codes: string): Style {
  const rest = codes.split(";");
  while (rest.length > 0) {
    const [code = 0, ...own] = (rest.shift() ?? "").split(":").map(Number);
    const look = LOOKS[code];
    if (look) looks = [...without(looks, look), look];
    else if (code === 22) looks = without(looks, "bold", "dim");
    else if (code === 23) looks = without(looks, "italic");
    else if (code === 24) looks = without(looks, "underline");
    else if (code === 0) looks = [];
    if (code === 0 || code === 39) colour = undefined;
    else if (code >= 30 && code <= 37) colour = NAMES[code - 30];
    else if (code >= 90 && code <= 97) colour = NAMES[code - 82];
    else if (code === 38 || code === 48) {
      const wanted = own.length > 0 ? own : rest.splice(0, rest[0] === "5" ? 2 : 4).map(Number);
      if (code === 38) colour = nearest(wanted);
    }
  }
  return { looks, colour };
}

const LOOKS: readonly (string | undefined)[] = [undefined, "bold", "dim", "italic", "underline"];
const HUES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const NAMES = [...HUES, ...HUES.map(hue => `bright-${hue}`)];

// The sixteen as xterm shows them, in the order of the names.
const SIXTEEN = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

// 5;n is one of 256; 2;r;g;b any colour, with a colour space before the red where there are four.
function nearest([kind, ...values]: readonly number[]): string | undefined {
  const [index = 0] = values;
  if (kind === 5 && index < 16) return NAMES[index];
  const [red = 0, green = 0, blue = 0] = kind === 5 ? ofPalette(index) : values.length > 3 ? values.slice(1) : values;
  const distances = SIXTEEN.map(([r = 0, g = 0, b = 0]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2);
  return NAMES[distances.indexOf(Math.min(...distances))];
}

// A cube of six steps a colour, then 24 greys.
function ofPalette(index: number): number[] {
  if (index >= 232) return Array<number>(3).fill(8 + (index - 232) * 10);
  const steps = [0, 95, 135, 175, 215, 255];
  return [36, 6, 1].map(weight => steps[Math.floor((index - 16) / weight) % 6] ?? 0);
}

function without(looks: readonly string[], ...gone: string[]): readonly string[] {
  return looks.filter(look => !gone.includes(look));
}
