/** M11: `/metrics` of the compiled binary, as Prometheus scrapes it. */
import { expect, test } from "bun:test";
import { aFolder, PAGE, startBot, theInternet } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";
import { aWebhook } from "./helpers/webhooks.ts";

test("M11 the metrics tell a message's whole journey, also what happened before anybody could ask", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  await using bot = await startBot(folder.path, internet);
  // Right after the start.
  await bot.post(aWebhook({ from: "11", text: "cho mình xin địa chỉ shop với" }));
  await until("it is answered", () => internet.sent.length === 1);
  expect((await fetch(`${bot.url}/metrics`)).status).toBe(401);
  const text = await until("the answer is counted", async () => {
    const answer = await bot.admin("/metrics");
    expect(answer.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
    const found = await answer.text();
    return found.includes(`botctl_sends_total{channel="messenger",account="${PAGE.id}",outcome="sent"} 1`) && found;
  });
  expect(text).toMatch(/botctl_webhooks_total\{channel="messenger",outcome="stored"\} [1-9]/);
  expect(text).toMatch(/botctl_webhook_ack_seconds_count\{channel="messenger"\} [1-9]/);
  expect(text).toMatch(/botctl_wait_seconds_count\{expectation="nothing",outcome="alone"\} [1-9]/);
  expect(text).toMatch(/botctl_agent_seconds_count\{model="[^"]+"\} 1/);
  expect(text).toContain(`botctl_breaker_state{scope="messenger:${PAGE.id}"} 0`);
  expect(text).toMatch(/process_cpu_seconds_total 0\.\d+/);
  expect(text).not.toContain("địa chỉ");
  await internet.stop();
}, 20_000);
