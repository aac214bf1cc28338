"use strict";

// The clipboard that the terminal copies to. Browsers have none for a page without TLS from another machine, apart from
// an old command. Nothing that the terminal displays can read what the user has copied elsewhere.
(() => {
  const native = navigator.clipboard;

  function copyByCommand(text) {
    const focused = document.activeElement;
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    focused?.focus();
  }

  async function writeText(text) {
    try {
      await native.writeText(text);
    } catch {
      copyByCommand(text);
    }
  }

  const clipboard = { writeText, readText: async () => "" };
  Object.defineProperty(navigator, "clipboard", { value: clipboard });
})();
