// Serves the package telegram-test-api, somebody else's idea of Telegram, at the port named in the command line. As a
// process of its own: an answer that it does not expect ends it.
import TelegramServer from "telegram-test-api";

const server = new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1" });
await server.start();
process.stdout.write("ready\n");
