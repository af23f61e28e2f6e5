// What the page does without asking the server: tooltips, keys, copying, saving files.
// Text goes into the page through textContent only.
(() => {
  "use strict";
  if (window.newsQa) return;

  const tip = document.createElement("div");
  tip.id = "qa-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  const heading = document.createElement("div");
  const quote = document.createElement("q");
  heading.className = "qa-tip-title";
  tip.append(heading, quote);

  const isolate = (text, name) => {
    const part = document.createElement("bdi");
    part.className = name;
    part.textContent = text;
    return part;
  };

  function showTip(note) {
    if (!tip.isConnected) document.body.append(tip);
    heading.replaceChildren(isolate(note.dataset.title, "qa-title"));
    if (note.dataset.day) heading.append(isolate(note.dataset.day, "qa-when"));
    quote.replaceChildren(isolate(note.dataset.quote, ""));
    tip.hidden = false;
    note.setAttribute("aria-describedby", "qa-tip");
    const box = note.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    tip.style.left = `${Math.max(8, Math.min(box.left, wide - tip.offsetWidth - 8))}px`;
    const above = box.top - tip.offsetHeight - 8;
    tip.style.top = `${above > 8 ? above : box.bottom + 8}px`;
  }
  const hideTip = () => { tip.hidden = true; };
  const noteOf = (event) => event.target instanceof Element && event.target.closest(".qa-footnote");

  document.addEventListener("mouseover", (event) => { const note = noteOf(event); if (note) showTip(note); else hideTip(); });
  document.addEventListener("focusin", (event) => { const note = noteOf(event); if (note) showTip(note); });
  document.addEventListener("focusout", hideTip);
  document.addEventListener("scroll", hideTip, true);

  // Where the focus goes back to when the article is closed.
  let opener = null;
  document.addEventListener("click", (event) => {
    const source = event.target instanceof Element && event.target.closest("[data-event]");
    if (source && ["cite", "passage", "open"].includes(source.dataset.event) && !source.closest("#qa-side")) {
      opener = source;
    }
    hideTip();
    const copied = event.target instanceof Element && event.target.closest("[data-copy]");
    if (copied) copy(copied);
  });

  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  const typing = (element) => element instanceof HTMLElement
    && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  function step(direction) {
    const button = document.querySelector(`#qa-side [data-step="${direction}"]:not([disabled])`);
    if (button) { button.click(); return true; }
    if (document.querySelector("#qa-side .qa-pane [data-step]")) return true;
    const notes = document.querySelectorAll("#qa-live .qa-footnote, #qa-transcript .qa-turn:last-of-type .qa-footnote");
    if (!notes.length) return false;
    notes[direction === "next" ? 0 : notes.length - 1].click();
    return true;
  }

  function alongNotes(note, by) {
    const notes = [...note.closest(".qa-words").querySelectorAll(".qa-footnote")];
    const next = notes[notes.indexOf(note) + by];
    if (next) next.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = document.activeElement;
    if (event.key === "Escape") {
      hideTip();
      const close = document.querySelector("#qa-side .qa-close");
      if (close && !typing(focused)) { close.click(); if (opener && opener.isConnected) opener.focus(); hideTip(); }
      return;
    }
    if (typing(focused)) return;
    const note = focused instanceof Element && focused.closest(".qa-footnote");
    if (note && event.key === "ArrowRight") { alongNotes(note, 1); event.preventDefault(); }
    else if (note && event.key === "ArrowLeft") { alongNotes(note, -1); event.preventDefault(); }
    else if (event.key === "n" && step("next")) event.preventDefault();
    else if (event.key === "p" && step("previous")) event.preventDefault();
    else if (event.key === "/") {
      const box = document.querySelector("#qa-question textarea");
      if (box) { box.focus(); event.preventDefault(); }
    }
  });

  function toMark(side) {
    const scroller = side.querySelector(".qa-article-text");
    const mark = side.querySelector("mark[data-current]");
    if (!scroller) return;
    if (mark) {
      const offset = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      scroller.scrollTop += offset - scroller.clientHeight / 3;
      mark.focus({preventScroll: true});
    } else {
      scroller.scrollTop = 0;
    }
  }

  function save(file) {
    if (!file || !file.name) return;
    const address = URL.createObjectURL(new Blob([file.text], {type: file.type}));
    const link = document.createElement("a");
    link.href = address;
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  window.newsQa = {toMark, save};
})();
