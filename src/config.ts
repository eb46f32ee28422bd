/** Settings: environment, files and flags become one typed `Config`, or one list of everything that is wrong. */
export { liveChannels } from "./config/channels.ts";
export { secretsOf } from "./config/exposure.ts";
export { loadConfig } from "./config/load.ts";
export { settingsTable, type SettingRow } from "./config/schema.ts";
export type { Config, Flags, ModelSettings } from "./config/types.ts";
