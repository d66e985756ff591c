/** Suggestions below a field while one types, by keyboard and mouse. On a search form the chosen one is opened; in a
 *  form of a question its name is filled in. */
import Combobox from "@github/combobox-nav";

interface Suggestion {
  label: string;
  kind: string;
  href: string;
  verdict?: string;
  tone?: string;
  sign?: string;
}

const WAIT = 120;
let counter = 0;

export function suggestFor(place: HTMLElement): void {
  const input = place instanceof HTMLInputElement ? place : place.querySelector("input");
  const address = place.dataset.suggest;
  if (!input || !address) return;
  const opens = place instanceof HTMLFormElement;
  let holder = input.parentElement;
  if (!holder) return;
  if (!opens) {
    const wrapped = document.createElement("div");
    wrapped.className = "search";
    input.replaceWith(wrapped);
    wrapped.append(input);
    holder = wrapped;
  }
  const list = document.createElement("ul");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.id = `suggestions-${++counter}`;
  list.hidden = true;
  holder.append(list);
  input.setAttribute("autocomplete", "off");
  const combobox = new Combobox(input, list, { tabInsertsSuggestions: false });
  let timer = 0;
  let asked = "";

  const close = (): void => {
    list.hidden = true;
    combobox.stop();
  };
  const show = async (): Promise<void> => {
    const typed = input.value.trim();
    asked = typed;
    if (typed.length < 2) return close();
    const url = new URL(address, location.href);
    url.searchParams.set("q", typed);
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok || asked !== typed || document.activeElement !== input) return;
    const found = (await answer.json()) as Suggestion[];
    list.replaceChildren(...found.map(option));
    if (!found.length) return close();
    list.hidden = false;
    combobox.start();
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void show(), WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("combobox-commit", (event) => {
    const chosen = event.target as HTMLElement;
    close();
    if (opens && chosen.dataset.href) location.assign(chosen.dataset.href);
    else input.value = chosen.dataset.label ?? input.value;
  });
}

/** Text only: a label may hold anything. */
function option(found: Suggestion): HTMLElement {
  const item = document.createElement("li");
  item.id = `suggestion-${++counter}`;
  item.setAttribute("role", "option");
  item.dataset.href = found.href;
  item.dataset.label = found.label;
  item.append(span(found.label), span(found.kind, "kind"));
  if (found.verdict) {
    const word = span(found.verdict, `word ${found.tone ?? ""}`);
    word.dataset.sign = found.sign ?? "";
    item.append(word);
  }
  return item;
}

function span(text: string, className = ""): HTMLElement {
  const made = document.createElement("span");
  made.textContent = text;
  made.className = className;
  return made;
}
