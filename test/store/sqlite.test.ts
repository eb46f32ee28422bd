import type { Store } from "../../src/core/store.ts";
import { exerciseStore } from "../conformance/store.ts";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";

exerciseStore("sqlite", async (policy) => {
  const folder = aDataFolder();
  let store: Store = openStore(folder.path, policy);
  return {
    store,
    async reopen() {
      await store.close();
      store = openStore(folder.path, policy);
      return store;
    },
    async dispose() {
      await store.close();
      folder.remove();
    },
  };
});
