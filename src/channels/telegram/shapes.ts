/**
 * The Bot API's own shapes (10.3), as types alone: a method, parameter or kind of update that it does not have is a type
 * error. What comes in is still read by `schema.ts`, because a type proves nothing about bytes.
 */
import type { Opts, Update } from "@grammyjs/types";

export type Method = keyof Opts<never>;

export type Params<M extends Method> = Opts<never>[M];

export type UpdateName = Exclude<keyof Update, "update_id">;
