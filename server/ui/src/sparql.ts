/** The SPARQL editor: YASGUI over our own endpoint, with our prefixes, our terms to complete and the saved queries to
 *  begin with. The plain form stays for those without scripts. */
import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
import { Chart } from "./chart";
import { namesOf, nameThings } from "./named";
import "./sparql.css";

const PREFIXES: Record<string, string> = {
  ivig: "https://w3id.org/ivig/ontology#",
  skos: "http://www.w3.org/2004/02/skos/core#",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  rdfs: "http://www.w3.org/2000/01/rdf-schema#",
  owl: "http://www.w3.org/2002/07/owl#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
  dcterms: "http://purl.org/dc/terms/",
};
const TERMS = `SELECT DISTINCT ?term ?kind WHERE {
  VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty }
  ?term a ?kind . FILTER(STRSTARTS(STR(?term), "${PREFIXES.ivig}"))
} ORDER BY ?term`;
const LABELS: [string, string][] = [
  [".CodeMirror textarea", "SPARQL query"],
  [".autocompleteWrapper input, .tabPathInput", "Endpoint"],
  [".tableFilter, .tableSizer, .tableSize", "Rows of the answer"],
];

interface Example {
  name: string;
  title: string;
}

const place = document.getElementById("editor");
const plain = document.getElementById("plain") as HTMLFormElement | null;
const text = document.getElementById("query") as HTMLTextAreaElement | null;

async function termsOf(endpoint: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>([
    ["class", []],
    ["property", []],
  ]);
  const asked = `${endpoint}?${new URLSearchParams({ query: TERMS, format: "json" })}`;
  const answer = await fetch(asked).catch(() => null);
  if (!answer?.ok) return found;
  for (const row of (await answer.json()).results.bindings) {
    found.get(row.kind.value.endsWith("Class") ? "class" : "property")?.push(row.term.value);
  }
  return found;
}

function labelFields(root: HTMLElement): void {
  for (const [selector, label] of LABELS) {
    root.querySelectorAll<HTMLElement>(selector).forEach((field) => field.setAttribute("aria-label", label));
  }
  root.querySelectorAll<HTMLElement>("input:not([aria-label]), select:not([aria-label]), textarea:not([aria-label])").forEach((field) => {
    if (!field.id || !root.querySelector(`label[for="${field.id}"]`)) field.setAttribute("aria-label", field.title || field.getAttribute("placeholder") || "Setting of the answer");
  });
  root.querySelectorAll<HTMLElement>("button:not([aria-label]), [role='tab'] a:not([aria-label])").forEach((field) => {
    if (!field.textContent?.trim()) field.setAttribute("aria-label", field.title || "Menu");
  });
}

/** Where the server says that a query is wrong: the line is marked, and said below the editor. */
function showError(editor: any, said: HTMLElement, error: string): void {
  said.hidden = !error;
  said.textContent = "";
  editor.getDoc().eachLine((line: unknown) => editor.removeLineClass(line, "background", "wrong-line"));
  if (!error) return;
  let problem: { detail?: string; line?: number; column?: number } = {};
  try {
    problem = JSON.parse(error);
  } catch {
    problem = { detail: error };
  }
  const detail = problem.detail ?? "The server did not answer.";
  const where = problem.line && !/^line \d/i.test(detail) ? `line ${problem.line}, column ${problem.column}: ` : "";
  said.textContent = (where + detail).replace(/^l(?=ine \d)/, "L");
  if (problem.line) {
    editor.addLineClass(problem.line - 1, "background", "wrong-line");
    editor.setCursor({ line: problem.line - 1, ch: Math.max(0, (problem.column ?? 1) - 1) });
    editor.focus();
  }
}

/** Our prefixes are known without declaration, so that a query that has none of them is not marked as wrong. */
function knowPrefixes(editor: any): void {
  const mode = editor?.getMode();
  if (!mode?.startState) return;
  const start = mode.startState.bind(mode);
  mode.startState = (...given: unknown[]) => {
    const state = start(...given);
    return { ...state, prefixes: { ...PREFIXES, ...state.prefixes } };
  };
}

async function begin(): Promise<void> {
  if (!place?.dataset.endpoint || !plain || !text) return;
  const endpoint = new URL(place.dataset.endpoint, location.href).href;
  const terms = await termsOf(endpoint);
  const completers = [
    { name: "property", kind: "property" },
    { name: "class", kind: "class" },
  ];
  for (const { name, kind } of completers) {
    Yasgui.Yasqe.forkAutocompleter(name, {
      name: `ivig-${kind}`,
      persistenceId: null,
      bulk: true,
      get: () => terms.get(kind) ?? [],
    } as never);
  }
  // The vocabularies of the whole web would be asked of another server.
  const own = completers.map(({ kind }) => `ivig-${kind}`);
  Yasgui.Yasqe.defaults.autocompleters = ["prefixes", "variables", ...own];
  Yasgui.Yasqe.defaults.prefixCcApi = null;
  const Table = Yasgui.Yasr.plugins.table as unknown as new (yasr: unknown) => { draw(config: object): void };
  class PlainTable extends Table {
    draw(config: object): void {
      super.draw({ compact: true, ...config });
    }
  }
  Yasgui.Yasr.registerPlugin("table", PlainTable as never);
  Chart.names = (iris) => namesOf(iris, endpoint);
  Yasgui.Yasr.registerPlugin("chart", Chart as never);
  Yasgui.Yasr.defaults.pluginOrder = ["table", "chart", "response"];
  place.hidden = false;
  plain.hidden = true;
  const said = document.createElement("p");
  said.className = "error";
  said.setAttribute("role", "alert");
  said.hidden = true;
  const picker = examplePicker();
  const host = document.createElement("div");
  place.append(picker, said, host);
  const yasgui = new Yasgui(host, {
    persistenceId: null,
    autofocus: false,
    copyEndpointOnNewTab: true,
    requestConfig: { endpoint, method: "GET" },
    yasqe: { value: text.value, persistenceId: null, resizeable: false, editorHeight: "18rem" } as never,
    endpointCatalogueOptions: { getData: () => [], keys: [] } as never,
  } as never);
  const current = (): any => yasgui.getTab();
  knowPrefixes(current()?.getYasqe());
  current()?.setQuery(location.hash.includes("query=") ? current().getQuery() : text.value.trim());
  const editor = current()?.getYasqe();
  editor?.on("queryResponse", (_: unknown, answer: unknown) => {
    showError(editor, said, answer instanceof Error ? answer.message : "");
  });
  picker.querySelector("select")?.addEventListener("change", async (event) => {
    const name = (event.target as HTMLSelectElement).value;
    if (!name) return;
    const answer = await fetch(`${place.dataset.base}${name}.rq`);
    if (answer.ok) current()?.setQuery(await answer.text());
  });
  await fillExamples(picker);
  labelFields(place);
  const home = endpoint.replace(/sparql$/, "");
  new MutationObserver(() => {
    labelFields(place);
    nameThings(place, endpoint, home);
  }).observe(place, { childList: true, subtree: true });
}

function examplePicker(): HTMLElement {
  const made = document.createElement("p");
  const label = document.createElement("label");
  label.htmlFor = "example";
  label.textContent = "Begin with a question ";
  const select = document.createElement("select");
  select.id = "example";
  select.append(new Option("…", ""));
  made.append(label, select);
  return made;
}

async function fillExamples(picker: HTMLElement): Promise<void> {
  const answer = await fetch(place?.dataset.examples ?? "").catch(() => null);
  if (!answer?.ok) return;
  for (const example of (await answer.json()) as Example[]) {
    picker.querySelector("select")?.append(new Option(example.title, example.name));
  }
}

void begin();
