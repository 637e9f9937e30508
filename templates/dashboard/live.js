// Keeps the progress of a running scan up to date; without it the page reloads itself every few seconds.
"use strict";

const live = document.querySelector("[data-progress]");
const bar = document.getElementById("bar");
const done = document.getElementById("done");
const total = document.getElementById("total");
let wait = 1000;

async function look() {
  try {
    const answer = await fetch(live.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const now = await answer.json();
    if (now.left === 0) {
      location.reload();
      return;
    }
    if (bar) {
      bar.max = now.total || 1;
      bar.value = now.done;
      done.textContent = now.done;
      total.textContent = now.total;
    }
    wait = 1000;
  } catch {
    wait = Math.min(wait * 2, 30000);
  }
  setTimeout(look, wait);
}

if (live) setTimeout(look, wait);
