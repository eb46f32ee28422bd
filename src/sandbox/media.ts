/** Files that people "send": real ones in small, and some that no downloader should fall for. */
import type { Clock } from "../core/clock.ts";
import { COLOURS } from "./colours.ts";
import { underFault, type Endpoint, type Faults } from "./faults.ts";
import { pause, type Handler, type HttpAnswer, type HttpCall } from "./listen.ts";
import { solidPng } from "./png.ts";

const WIDTH = 320;
const HEIGHT = 200;
const LARGEST_SIDE = 4_096;
/** What the pictures of people show, by name. */
const SUBJECTS = ["photo", "sticker", "map", "preview"];
const HUGE_BYTES = 64 * 1_024 * 1_024;
const BLOCK_BYTES = 64 * 1_024;
/** `slow` trickles so that every single wait looks harmless, for this long. */
const TRICKLE_MS = 500;
const TRICKLES = 240;

/** @returns a handler for `/media/…`; every other path is 404 */
export function mediaHandler(faults: Faults, count: (endpoint: Endpoint) => void, clock: Clock): Handler {
  return async (call) => {
    count("media");
    const refuse = (error: { readonly status?: number }): HttpAnswer =>
      text(error.status ?? 500, "ordered by the sandbox");
    return underFault(faults.take("media", call), () => mediaFile(call, clock), refuse, clock, call.gone);
  };
}

/** The file at `/media/…`. Telegram hands out the same ones under paths of its own. */
export async function mediaFile(call: Pick<HttpCall, "method" | "path" | "gone">, clock: Clock): Promise<HttpAnswer> {
  if (call.method !== "GET" && call.method !== "HEAD") return text(405, "method not allowed");
  const [, copy, name = ""] = /^\/media\/(?:(\d{1,3})-)?([\w.-]+)$/.exec(call.path) ?? [];
  switch (name) {
    case "file.pdf":
    case "price-list.pdf":
      return bytes("application/pdf", PDF);
    case "voice.mp4":
      return bytes("audio/mp4", VOICE);
    case "voice.oga":
      return bytes("audio/ogg", OPUS);
    case "video.mp4":
      return bytes("video/mp4", VIDEO);
    case "huge":
      return { status: 200, headers: { "content-type": "image/png" }, body: zeros(HUGE_BYTES) };
    case "slow":
      return { status: 200, headers: { "content-type": "image/png" }, body: trickle(clock, call.gone) };
    case "moved":
      return { ...text(302, ""), headers: { location: "/media/red.png" } };
    case "fake.png":
      return { ...text(200, "<!doctype html><title>no picture</title>"), headers: { "content-type": "image/png" } };
    default:
      return (await picture(name, Number(copy ?? 0))) ?? text(404, "not found");
  }
}

/**
 * `red.png`, `blue-64x48.jpg`: one colour, 320×200 unless the name says otherwise. `photo.jpg`, `1-photo.jpg` and
 * `2-photo.jpg` have a colour each, so that the photos of an album can be told apart.
 */
async function picture(name: string, copy: number): Promise<HttpAnswer | null> {
  const [, subject = "", wide, high, format] = /^([a-z]+)(?:-(\d{1,4})x(\d{1,4}))?\.(png|jpg)$/.exec(name) ?? [];
  const ofCopy = SUBJECTS.includes(subject) ? COLOURS[copy % COLOURS.length] : undefined;
  const colour = COLOURS.find(({ en }) => en === subject) ?? ofCopy;
  const width = Number(wide ?? WIDTH);
  const height = Number(high ?? HEIGHT);
  if (colour === undefined || width < 1 || height < 1 || Math.max(width, height) > LARGEST_SIDE) return null;
  const png = solidPng(width, height, colour.rgb);
  return format === "png" ? bytes("image/png", png) : bytes("image/jpeg", await new Bun.Image(png).jpeg().bytes());
}

async function* zeros(length: number): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK_BYTES);
  for (let sent = 0; sent < length; sent += block.length) yield block;
}

async function* trickle(clock: Clock, gone: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < TRICKLES; count++) {
    yield Uint8Array.of(0);
    if (!(await pause(clock, TRICKLE_MS, gone))) return;
  }
}

function bytes(type: string, body: Uint8Array): HttpAnswer {
  return { status: 200, headers: { "content-type": type }, body };
}

function text(status: number, body: string): HttpAnswer {
  return { status, headers: { "content-type": "text/plain" }, body };
}

const PDF = smallPdf("Bang gia: ao thun 150.000 d");

/** One page with one line of text; the table of offsets is counted, so strict readers take it too. */
function smallPdf(line: string): Uint8Array {
  const stream = `BT /F1 18 Tf 20 100 Td (${line}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let pdf = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  pdf += `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join("")}`;
  return Buffer.from(`${pdf}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${pdf.indexOf("xref")}\n%%EOF\n`);
}

/** The heads of MPEG-4 files with no sound and no picture in them: enough to be recognised. */
const VOICE = Buffer.concat([box("ftyp", "M4A \0\0\0\0M4A mp42isom"), box("free", ""), box("mdat", "")]);
const VIDEO = Buffer.concat([box("ftyp", "isom\0\0\0\0isommp42"), box("free", ""), box("mdat", "")]);
/** A page of Ogg with the head of an Opus stream, as Telegram's voice messages begin: mono, 16 kHz, nothing said. */
const OPUS = Buffer.concat([
  Buffer.from("OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13", "latin1"),
  Buffer.from("OpusHead\x01\x01\0\0\x80\x3e\0\0\0\0\0", "latin1"),
]);

function box(type: string, content: string): Buffer {
  const framed = Buffer.from(`\0\0\0\0${type}${content}`, "latin1");
  framed.writeUInt32BE(framed.length, 0);
  return framed;
}
