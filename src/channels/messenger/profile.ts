import type { Access } from "../../core/account.ts";
import { graphGet, type GraphSettings } from "./graph.ts";
import { PersonProfile } from "./schema.ts";

/** How Messenger introduces a person. */
export interface Profile {
  readonly name: string | null;
  /** Signed, and good for a while only. */
  readonly pictureUrl: string | null;
}

/**
 * Reads a person's profile with the token of the page they wrote to. Optional by nature: it needs a permission that many apps
 * lack, and some people have none, so every failure is null and no reply waits for it.
 */
export async function readProfile(
  settings: GraphSettings,
  access: Access,
  contact: string,
  signal: AbortSignal,
): Promise<Profile | null> {
  const fields = "first_name,last_name,name,profile_pic";
  const answer = await graphGet(settings, encodeURIComponent(contact), access.token, fields, signal);
  if (answer.kind !== "answered" || answer.status !== 200) return null;
  const profile = PersonProfile.safeParse(answer.body).data;
  if (profile === undefined) return null;
  const parts = [profile.first_name, profile.last_name].filter((part) => typeof part === "string" && part !== "");
  const name = profile.name || parts.join(" ");
  if (name === "" && !profile.profile_pic) return null;
  return { name: name === "" ? null : name, pictureUrl: profile.profile_pic ?? null };
}
