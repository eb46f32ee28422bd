import { describe, expect, test } from "bun:test";
import { dataDirOf, settingsOf } from "../../cli/context.ts";
import { aFolder, stage } from "./stage.ts";

describe("the data folder", () => {
  const everything = {
    BOTCTL_DATA_DIR: "/from/environment",
    STATE_DIRECTORY: "/from/systemd:/second",
    XDG_STATE_HOME: "/from/xdg",
  };

  test.each([
    ["the flag wins", { dataDir: "here" }, everything, "/srv/shop/here"],
    ["then the environment", {}, everything, "/from/environment"],
    ["then systemd's first folder", {}, { ...everything, BOTCTL_DATA_DIR: " " }, "/from/systemd"],
    ["then the state home", {}, { XDG_STATE_HOME: "/from/xdg" }, "/from/xdg/botctl"],
    ["then the user's home", {}, {}, "/home/lan/.local/state/botctl"],
  ])("%s", (_, flags, env, expected) => {
    expect(dataDirOf(stage({ env, cwd: "/srv/shop" }).context, flags)).toBe(expected);
  });

  test("may be named in .env, which the environment outranks", () => {
    using folder = aFolder({ ".env": 'BOTCTL_DATA_DIR="data"\nPORT= 9000 # the second one\n' });
    expect(dataDirOf(stage({ cwd: folder.path }).context, {})).toBe(`${folder.path}/data`);
    expect(settingsOf(stage({ cwd: folder.path }).context, {})("PORT")).toBe("9000");
    expect(settingsOf(stage({ cwd: folder.path, env: { PORT: "9001" } }).context, {})("PORT")).toBe("9001");
  });
});

test("a settings file that was named must be there, the usual one need not", () => {
  const { context } = stage();
  expect(settingsOf(context, {})("PORT")).toBeUndefined();
  expect(() => settingsOf(context, { envFile: "shop.env" })).toThrow(
    expect.objectContaining({ code: "settings", message: "The settings file /nowhere/shop.env cannot be read." }),
  );
});
