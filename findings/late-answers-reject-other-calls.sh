#!/usr/bin/env bash
# puppeteer-core 24.8.2: a call to a page that has just been closed can reject another call, to the browser, that nobody has
# answered yet: "Protocol error (Target.createBrowserContext): Session with given id not found."
#
# Each session and the connection count their calls from 1 on their own, so the same number is in use several times; the field
# `sessionId` tells them apart. To a call that reaches the browser after its session has ended, Chromium answers with an error
# without `sessionId` (there is no such session any more). The connection takes the answer for one to its own call of that number.
# Test suites that open and close many pages in one browser see it now and then, in a test that has done nothing wrong.
#
# Below, a transport stands for the browser. It holds the call with the next number of a session and the one with the same
# number of the connection, and gives the first its late answer.
#
# Seen: "session: waiting", "browser.version(): rejected, Protocol error (Browser.getVersion): Session with given id not found."
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund puppeteer-core@24.8.2 > /dev/null
cat > late.mjs <<'JS'
import puppeteer from 'puppeteer-core';

const calls = [];
let holds = false;
const results = {
  'Target.getBrowserContexts': { browserContextIds: [] },
  'Target.attachToTarget': { sessionId: 'S' },
};
const transport = {
  send(text) {
    const call = JSON.parse(text);
    calls.push(call);
    if (holds) return;
    const { id, method, sessionId } = call;
    const say = (message) => queueMicrotask(() => transport.onmessage(JSON.stringify(message)));
    const targetInfo = { targetId: 'T', type: 'browser', title: '', url: '', attached: true, canAccessOpener: false };
    if (method === 'Target.setDiscoverTargets') say({ method: 'Target.targetCreated', params: { targetInfo } });
    if (method === 'Target.attachToTarget')
      say({ method: 'Target.attachedToTarget', params: { sessionId: 'S', targetInfo, waitingForDebugger: false } });
    say({ id, result: results[method] ?? {}, ...(sessionId && { sessionId }) });
  },
  close() {},
};
const browser = await puppeteer.connect({ transport, defaultViewport: null });
const session = await browser.target().createCDPSession();
const next = Math.max(...calls.filter((c) => !c.sessionId).map(({ id }) => id)) + 1;
for (let i = 1; i < next; i++) await session.send('Page.enable');

holds = true;
const states = {};
const watch = (name, promise) => {
  states[name] = 'waiting';
  promise.then(
    () => (states[name] = 'resolved'),
    (error) => (states[name] = `rejected, ${error.message}`),
  );
};
watch('session', session.send('Page.enable'));
watch('browser.version()', browser.version());
const [late, own] = calls.slice(-2);
if (late.id !== own.id) throw new Error(`${late.id} ${own.id}`);
transport.onmessage(JSON.stringify({ id: late.id, error: { code: -32001, message: 'Session with given id not found.' } }));
await new Promise((resolve) => setTimeout(resolve, 50));
for (const [name, state] of Object.entries(states)) console.log(`${name}: ${state}`);
process.exit();
JS
node late.mjs | tee out
diff out - <<'EOT'
session: waiting
browser.version(): rejected, Protocol error (Browser.getVersion): Session with given id not found.
EOT
echo "as described"
