"use strict";

// The page around the terminal of textual-serve: it names the page, keeps its address that of the session, and connects
// again. The terminal itself is in textual.js, which opens a websocket to the address that its element has.
(() => {
  const { root, most } = document.currentScript.dataset;
  const [CLOSED, FAILED, FULL, IDLE] = [4000, 4001, 4002, 4003];
  const RETRY_MS = 1000;
  const FULL_RETRY_MS = 5000;
  const KEEP_MS = 500; // browsers refuse more than about three changes of their history a second
  const REASONS = {
    [CLOSED]: "The screen was closed.",
    [FAILED]: "The screen has failed. The debug log of the server has the details.",
    [IDLE]: "The screen was closed, since it was not used for long.",
  };

  const cover = document.getElementById("cover");
  const message = document.getElementById("message");
  const again = document.getElementById("again");
  again.addEventListener("click", () => location.reload());

  function show(text, hasButton) {
    message.textContent = text;
    again.hidden = !hasButton;
    cover.hidden = false;
    if (hasButton) {
      again.focus();
    }
  }

  // A proxy answers with a status of 500 or more while the server is not there.
  async function reloadWhenAlive() {
    const answer = await fetch(`${root}alive`, { cache: "no-store" }).catch(() => null);
    if (answer !== null && answer.status < 500) {
      location.reload();
    } else {
      setTimeout(reloadWhenAlive, RETRY_MS);
    }
  }

  function closed(code) {
    if (code === FULL) {
      show(`All ${most} screens are in use. This page waits for one.`, false);
      setTimeout(() => location.reload(), FULL_RETRY_MS);
    } else if (code in REASONS) {
      show(REASONS[code], true);
    } else {
      show("The connection is lost. This page connects again as soon as it can…", false);
      setTimeout(reloadWhenAlive, RETRY_MS);
    }
  }

  function download(key) {
    const link = document.createElement("a");
    link.href = `${root}download/${key}`;
    link.download = "";
    document.body.append(link);
    link.click();
    link.remove();
  }

  // The filter and the cursor of the list, and what was chosen, are not in the address, since this page alone needs
  // them: when it connects again, or is loaded again.
  let newestKept = null;

  function keep(facts) {
    if (newestKept === null) {
      setTimeout(() => {
        history.replaceState(newestKept, "");
        newestKept = null;
      }, KEEP_MS);
    }
    newestKept = { ...(newestKept ?? history.state), ...facts };
  }

  const RECEIVERS = {
    download,
    title: (title) => {
      document.title = title;
    },
    session: (name) => {
      const path = name === null ? "" : `s/${name.split("/").map(encodeURIComponent).join("/")}`;
      history.replaceState(history.state, "", root + path);
    },
    kept: keep,
  };

  // The websocket of textual.js, which knows neither these messages nor what to do when it is closed.
  class ScreenSocket extends WebSocket {
    constructor(path) {
      const url = new URL(path, location.href);
      url.protocol = url.protocol.replace("http", "ws");
      for (const [name, value] of Object.entries(history.state ?? {})) {
        url.searchParams.set(name, value);
      }
      super(url);
      this.addEventListener("close", (event) => closed(event.code));
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string") {
          const [kind, value] = JSON.parse(data);
          RECEIVERS[kind]?.(value);
        } else if (!cover.hidden) {
          cover.hidden = true;
          focusTerminal();
        }
      });
    }
  }
  window.WebSocket = ScreenSocket;

  function focusTerminal() {
    document.querySelector(".xterm-helper-textarea")?.focus();
  }
  window.addEventListener("focus", () => cover.hidden && focusTerminal());

  // xterm.js takes Ctrl+V for a key of the program. Here it is that of the browser, which pastes.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey && !event.shiftKey && !event.altKey && !event.metaKey && event.key === "v") {
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  // The terminal measures its font when it is created, so that must be there; and it is created when the page is loaded.
  function openTerminal() {
    const script = document.createElement("script");
    script.src = `${root}static/textual/js/textual.js`;
    script.addEventListener("load", () => window.onload());
    document.head.append(script);
  }

  window.addEventListener("load", async () => {
    const fonts = ["", "bold ", "italic "].map((style) => document.fonts.load(`${style}15px "Roboto Mono"`));
    await Promise.allSettled(fonts);
    openTerminal();
  });
})();
