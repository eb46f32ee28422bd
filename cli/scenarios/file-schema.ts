/** The form of a scenario file, version 1. Every object is strict: a word that is not known is a mistake, not a comment. */
import { z } from "zod";
import { CHANNEL_NAMES } from "../../src/core/channel.ts";
import { ATTACHMENT_TYPES } from "./scenario.ts";
import { isEventType } from "./story.ts";

const id = z.string().regex(/^[A-Za-z][\w-]{0,39}$/, "a name of letters, digits, - and _, that begins with a letter");
/** A step, or one message of a step that posts several: "both.1" is its second. */
const label = z.string().regex(/^[A-Za-z][\w-]{0,39}(\.\d{1,3})?$/, "the name of a step");
const text = z.string().min(1).max(20_000);
const seconds = z.number().min(0).max(86_400);
const type = z.enum(ATTACHMENT_TYPES);

const Happening = z.union([
  z.strictObject({
    text,
    quick_reply: z.string().min(1).optional(),
    reply_to: id.optional(),
    aside: z.literal(true).optional(),
  }),
  z.strictObject({ attach: z.union([type, z.array(type).min(1).max(30)]), caption: text.optional() }),
]);

/** What one step may do. Exactly one of these words stands in a step. */
export const DEEDS = [
  "text",
  "attach",
  "postback",
  "reaction",
  "edit",
  "unsend",
  "human",
  "own_echo",
  "delivery",
  "read",
  "referral",
  "optin",
  "handover",
  "blocked",
  "together",
  "again",
  "body",
  "bytes",
  "stall",
  "kill",
] as const;

export const FileStep = z.strictObject({
  id: id.optional(),
  /** Seconds after the step before; with `after_replies`, after those came. */
  after: seconds.optional(),
  after_replies: z.int().min(1).max(100).optional(),
  status: z.int().min(100).max(599).optional(),
  signature: z.enum(["genuine", "wrong", "missing"]).optional(),
  standby: z.boolean().optional(),
  /** Seconds that the platform's time is behind; below 0: ahead. */
  aged: z.number().min(-86_400).max(86_400).optional(),
  time: z.enum(["ms", "seconds", "text"]).optional(),
  /** 1 is the first. */
  page: z.int().min(1).max(10).optional(),

  text: text.optional(),
  quick_reply: z.string().min(1).optional(),
  reply_to: id.optional(),
  /** In a group: said to others. */
  aside: z.literal(true).optional(),
  attach: z.union([type, z.array(type).min(1).max(30)]).optional(),
  caption: text.optional(),
  postback: z.strictObject({ title: text, payload: z.string() }).optional(),
  reaction: z.strictObject({ to: id, emoji: z.string().min(1).default("❤") }).optional(),
  edit: z.strictObject({ of: id, text }).optional(),
  unsend: id.optional(),
  human: text.optional(),
  own_echo: z.literal(true).optional(),
  delivery: z.literal(true).optional(),
  read: z.literal(true).optional(),
  referral: z.string().min(1).optional(),
  optin: z.string().min(1).optional(),
  handover: z.literal(true).optional(),
  /** Whether the contact blocks the bot from now on. */
  blocked: z.boolean().optional(),
  together: z.array(Happening).min(2).max(100).optional(),
  again: id.optional(),
  /** The whole webhook. */
  body: z.record(z.string(), z.unknown()).optional(),
  bytes: z.string().optional(),
  stall: z.string().optional(),
  kill: z.literal(true).optional(),
});
export type FileStep = z.infer<typeof FileStep>;

/** What may be expected. Exactly one of these words stands in an expectation, and `says` beside it if need be. */
export const DEMANDS = [
  "answers",
  "each_answered_once",
  "replies",
  "reply_has",
  "reply_lacks",
  "within",
  "stored",
  "reads",
  "unheard",
  "event",
  "state",
  "let_go",
] as const;

export const FileCheck = z.strictObject({
  /** The sentence beside its tick. */
  says: z.string().min(1).optional(),
  answers: z.array(z.array(label).min(1)).optional(),
  each_answered_once: z.array(label).min(1).optional(),
  replies: z.int().min(0).max(1_000).optional(),
  reply_has: text.optional(),
  reply_lacks: text.optional(),
  within: z.strictObject({ steps: z.array(label).min(1), seconds }).optional(),
  stored: z.strictObject({ step: label, times: z.int().min(0) }).optional(),
  reads: z.strictObject({ step: label, text }).optional(),
  unheard: z.literal(true).optional(),
  event: z.string().refine(isEventType, "no event of this server").optional(),
  state: z.enum(["bot", "human", "blocked"]).optional(),
  let_go: z.strictObject({ step: label, seconds }).optional(),
});
export type FileCheck = z.infer<typeof FileCheck>;

export const ScenarioFile = z.strictObject({
  version: z.literal(1),
  /** The file's name when left out. */
  name: id.optional(),
  summary: text.optional(),
  channel: z.enum(CHANNEL_NAMES).default("messenger"),
  /** Where people write: to the bot alone, when left out. */
  place: z.literal("group").optional(),
  steps: z.array(FileStep).min(1).max(1_000),
  expect: z.array(FileCheck).min(1).max(1_000),
});
export type ScenarioFile = z.infer<typeof ScenarioFile>;
