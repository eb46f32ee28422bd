/** The only file with hooks: the state as lines on the terminal, and keys as intents. */
import { Box, Text, useApp, useInput, usePaste, useWindowSize } from "ink";
import { memo, useEffect, useSyncExternalStore } from "react";
import { intentOf, strokesOf } from "./keys.ts";
import type { Session } from "./session.ts";
import type { Store } from "./store.ts";
import { painted, type themeFor } from "./theme.ts";
import { screen } from "./views/screen.ts";

interface Props {
  readonly store: Store;
  readonly session: Pick<Session, "do">;
  readonly theme: ReturnType<typeof themeFor>;
}

export function App({ store, session, theme }: Props) {
  const state = useSyncExternalStore(store.subscribe, store.state);
  const { columns, rows } = useWindowSize();
  const { exit } = useApp();

  useEffect(() => store.dispatch({ type: "resized", columns, rows }), [store, columns, rows]);
  useEffect(() => {
    if (state.ended) exit();
  }, [state.ended, exit]);

  useInput((input, key) => {
    for (const [typed, stroke] of strokesOf(input, key, () => store.state().prompt !== null)) {
      const intent = intentOf(store.state(), typed, stroke);
      if (intent !== null) session.do(intent);
    }
  });
  usePaste((text) => {
    // Pasted outside a line it would be a storm of keys.
    if (store.state().prompt !== null) session.do({ type: "insert", text: text.replaceAll(/\s*[\r\n]+\s*/g, " ") });
  });

  return (
    <Box flexDirection="column">
      {screen(state).map((line, row) => (
        // Rows are places on the screen, and stay where they are.
        <Row key={row} text={painted(line, theme)} />
      ))}
    </Box>
  );
}

const Row = memo(({ text }: { readonly text: string }) => <Text wrap="truncate-end">{text}</Text>);
