/** A chart of a SPARQL answer that has a column of numbers: a bar a row, named by the first column of words. It is drawn
 *  as SVG here, because the plugins there are load it from another server or need what our policy refuses. */

interface Binding {
  type: string;
  value: string;
  datatype?: string;
}
interface Results {
  getVariables(): string[];
  getBindings(): Record<string, Binding>[] | null;
}
export interface Yasr {
  results?: Results;
  resultsEl: HTMLElement;
}

const NUMBERS = /#(integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger|gYear)$/;
const MOST = 60;
const LEFT = 300;
const WIDTH = 900;
const STEP = 24;

function isNumber(binding: Binding | undefined): boolean {
  return !!binding && NUMBERS.test(binding.datatype ?? "") && Number.isFinite(Number(binding.value));
}

/** The columns that hold numbers, and those that hold anything else. */
function columns(results: Results): { numbers: string[]; words: string[] } {
  const rows = results.getBindings() ?? [];
  const filled = results.getVariables().filter((name) => rows.some((row) => row[name]));
  const numbers = filled.filter((name) => rows.every((row) => !row[name] || isNumber(row[name])));
  return { numbers, words: filled.filter((name) => !numbers.includes(name)) };
}

function svg(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}

function shortened(text: string, most = 40): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function bars(rows: Record<string, Binding>[], column: string, words: string[], names: Map<string, string>): SVGElement {
  const shown = rows.filter((row) => row[column]).slice(0, MOST);
  const values = shown.map((row) => Number(row[column].value));
  const least = Math.min(0, ...values);
  const span = Math.max(0, ...values) - least || 1;
  const place = (value: number): number => LEFT + ((value - least) / span) * (WIDTH - LEFT - 80);
  const height = shown.length * STEP + 4;
  const root = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "plot", role: "img", "aria-label": `Bars of ${column}`, "font-size": 13 });
  shown.forEach((row, index) => {
    const y = index * STEP + 2;
    const name = words.map((word) => row[word]?.value).find((value) => value && !value.startsWith("http"));
    const iri = row[words[0]]?.value ?? "";
    const label = name ?? names.get(iri) ?? (iri.replace(/^.*[/#]/, "") || String(index + 1));
    const [from, to] = [place(Math.min(0, values[index])), place(Math.max(0, values[index]))];
    root.append(
      svg("text", { x: LEFT - 8, y: y + 16, "text-anchor": "end", class: "p-ink" }, shortened(label)),
      svg("rect", { x: from, y: y + 4, width: Math.max(2, to - from), height: STEP - 8, rx: 2, class: "f-good" }),
      svg("text", { x: to + 6, y: y + 16, class: "p-quiet" }, values[index].toLocaleString("en")),
    );
  });
  return root;
}

/** A plugin of YASR, the table below the editor. */
export class Chart {
  priority = 5;
  label = "Chart";
  hideFromSelection = false;

  /** Gives the names of things, by IRI. */
  static names: (iris: string[]) => Promise<Map<string, string>> = async () => new Map();

  constructor(private yasr: Yasr) {}

  canHandleResults(): boolean {
    const results = this.yasr.results;
    return !!results?.getBindings()?.length && columns(results).numbers.length > 0;
  }

  getIcon(): Element {
    const icon = svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
    [6, 12, 9].forEach((tall, index) => icon.append(svg("rect", { x: 1 + index * 5, y: 15 - tall, width: 4, height: tall, fill: "currentColor" })));
    return icon;
  }

  draw(): void {
    const results = this.yasr.results;
    if (!results) return;
    const rows = results.getBindings() ?? [];
    const { numbers, words } = columns(results);
    const holder = document.createElement("figure");
    const label = document.createElement("label");
    const select = document.createElement("select");
    for (const name of numbers) select.append(new Option(name, name));
    label.append("Length of the bars ", select);
    const picture = document.createElement("div");
    picture.className = "picture keeps";
    const note = document.createElement("figcaption");
    note.textContent = rows.length > MOST ? `The first ${MOST} of ${rows.length} rows.` : `${rows.length} row${rows.length === 1 ? "" : "s"}.`;
    let names = new Map<string, string>();
    const show = (): void => picture.replaceChildren(bars(rows, select.value, words, names));
    select.addEventListener("change", show);
    show();
    const things = rows.slice(0, MOST).map((row) => row[words[0]]?.value ?? "");
    void Chart.names(things).then((found) => {
      names = found;
      show();
    });
    holder.append(label, picture, note);
    this.yasr.resultsEl.replaceChildren(holder);
  }
}
