/** Where pictures come from: the platforms' own hosts, and the exact origins that the settings or the sandbox vouch for. */
import type { Access } from "../core/account.ts";
import type { Channel, ChannelName } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import type { OnError } from "../core/event.ts";
import type { LoadPicture, Locate } from "../media/load.ts";
import { Pictures } from "../media/pictures.ts";

export interface PicturesOfOptions {
  readonly clock: Clock;
  readonly onError: OnError;
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  readonly access: (accountId: number) => Promise<Access | null>;
  /** Addresses whose origins may be anywhere and speak http: API bases of the settings, the sandbox's media. */
  readonly vouchedFor: readonly (string | null | undefined)[];
}

/** Pictures by address or, where a platform hands out ids, by way of the account that was sent them. */
export function picturesOf({ clock, onError, channels, access, vouchedFor }: PicturesOfOptions): Pictures {
  const locate: Locate = async ({ channel, accountId }, fileId, signal) => {
    const opened = await access(accountId);
    const located = opened === null ? undefined : await channels[channel]?.locate?.(opened, fileId, signal);
    return located ?? { kind: "unavailable", reason: "its server cannot be asked" };
  };
  const trustedOrigins = vouchedFor.flatMap((address) => URL.parse(address ?? "")?.origin ?? []);
  let loader: Promise<LoadPicture> | null = null;
  return new Pictures({
    clock,
    onError,
    load: async (source, signal) => (await (loader ??= openLoader(trustedOrigins, locate)))(source, signal),
  });
}

/** Loaded with the first picture: Node's HTTP clients, which it fetches with, are 2 MiB of a server that is sent none. */
async function openLoader(trustedOrigins: readonly string[], locate: Locate): Promise<LoadPicture> {
  const [{ META_MEDIA_HOSTS }, { pictureLoader }] = await Promise.all([
    import("../media/address.ts"),
    import("../media/load.ts"),
  ]);
  return pictureLoader({ allowedHosts: META_MEDIA_HOSTS, trustedOrigins, locate });
}
