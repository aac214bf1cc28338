"use strict";

// A link on another site leads here without the cookie, which browsers send from pages of this server only. Then this
// page, which is one, can open what was meant.
(async () => {
  const { root } = document.currentScript.dataset;
  const target = document.querySelector("input[name=target]");
  if (location.pathname !== `${root}login`) {
    target.value = location.pathname;
  }
  const answer = await fetch(`${root}alive`, { cache: "no-store" });
  if (answer.ok) {
    location.replace(target.value);
  }
})();
