/** The network around a thing, drawn by Cytoscape: the sign of a line says the direction, its width how many studies. */
import cytoscape from "cytoscape";

const place = document.querySelector<HTMLElement>("[data-network]");
const canvas = place?.querySelector<HTMLElement>(".network");
const card = place?.querySelector<HTMLElement>(".card");

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function told(title: string, href: string, lines: string[]): void {
  if (!card) return;
  const heading = document.createElement("h2");
  const link = document.createElement("a");
  link.href = href;
  link.textContent = title;
  heading.append(link);
  const list = document.createElement("ul");
  for (const line of lines) {
    const item = document.createElement("li");
    item.textContent = line;
    list.append(item);
  }
  card.replaceChildren(heading, list);
}

const KINDS = ["condition", "mechanism", "outcome", "adverse event", "body"];
const ROW = 27;
const REACH = 190;
const NAME = 200;

/** One thing in the middle and the others on two arcs beside it, by kind, so that no name lies on another. */
function places(nodes: { data: { id: string; kind: string } }[], middle: string): Map<string, { x: number; y: number }> {
  const found = new Map([[middle, { x: 0, y: 0 }]]);
  const others = nodes.filter((node) => node.data.id !== middle);
  others.sort((one, other) => KINDS.indexOf(one.data.kind) - KINDS.indexOf(other.data.kind));
  const half = Math.ceil(others.length / 2);
  others.forEach((node, index) => {
    const right = index < half;
    const inSide = right ? index : index - half;
    const count = right ? half : others.length - half;
    const y = (inSide - (count - 1) / 2) * ROW;
    const bend = count > 1 ? Math.abs(y) / ((count * ROW) / 2) : 0;
    const x = REACH * (1 - 0.45 * bend * bend);
    found.set(node.data.id, { x: right ? x : -x, y });
  });
  return found;
}

async function draw(): Promise<void> {
  if (!place?.dataset.network || !canvas) return;
  const answer = await fetch(place.dataset.network);
  if (!answer.ok) return;
  const { elements } = await answer.json();
  // On a phone the table is easier to read and to touch than a picture of sixty things.
  if (matchMedia("(max-width: 46rem)").matches) return;
  place.hidden = false;
  document.querySelector("figure.still")?.classList.add("only-print");
  canvas.style.height = `${Math.max(320, Math.ceil(elements.nodes.length / 2) * ROW + 80)}px`;
  // Cytoscape would add a style sheet of its own, which our policy refuses; the page has what stands in it.
  const known = document.createElement("meta");
  known.id = "__________cytoscape_stylesheet";
  document.head.append(known);
  const middle = elements.nodes[0].data.id;
  const where = places([...elements.nodes], middle);
  const tones = ["good", "equal", "bad", "harm", "mixed", "open"];
  const graph = cytoscape({
    container: canvas,
    elements,
    minZoom: 0.3,
    maxZoom: 3,
    // A wheel that zooms would keep the page from being scrolled.
    userZoomingEnabled: false,
    style: [
      {
        selector: "node",
        style: {
          label: "data(label)",
          "font-size": 13,
          "text-wrap": "ellipsis",
          "text-max-width": `${NAME}px`,
          "text-valign": "center",
          "text-halign": (node: cytoscape.NodeSingular) => (node.position("x") < 0 ? "left" : "right"),
          "text-margin-x": (node: cytoscape.NodeSingular) => (node.position("x") < 0 ? -5 : 5),
          color: colour("ink"),
          "background-color": colour("open"),
          width: 18,
          height: 18,
        },
      },
      { selector: `node[id = '${middle}']`, style: { "text-halign": "center", "text-valign": "top", "text-margin-x": 0, "text-margin-y": -6, "text-max-width": "320px", "text-background-color": colour("paper"), "text-background-opacity": 0.9, "font-weight": "bold", width: 26, height: 26 } },
      { selector: "node[kind = 'condition']", style: { shape: "ellipse", "background-color": colour("accent") } },
      { selector: "node[kind = 'mechanism']", style: { shape: "diamond", "background-color": colour("equal") } },
      { selector: "node[kind = 'body']", style: { shape: "rectangle", "background-color": colour("mixed") } },
      { selector: "node[kind = 'outcome']", style: { shape: "triangle", "background-color": colour("open") } },
      { selector: "node[kind = 'adverse event']", style: { shape: "octagon", "background-color": colour("harm") } },
      {
        selector: "edge",
        style: {
          width: "mapData(lines, 1, 12, 1.5, 9)" as unknown as number,
          "target-label": "data(sign)",
          "target-text-offset": 26,
          "font-size": 13,
          "font-weight": "bold",
          color: colour("ink"),
          "text-background-color": colour("paper"),
          "text-background-opacity": 1,
          "curve-style": "bezier",
        },
      },
      ...tones.map((tone) => ({ selector: `edge[tone = '${tone}']`, style: { "line-color": colour(tone) } })),
    ],
    layout: { name: "preset", positions: (node: cytoscape.NodeSingular) => where.get(node.id()), padding: 24 } as unknown as cytoscape.LayoutOptions,
  });
  // A few things are not blown up to fill the place.
  if (graph.zoom() > 1.1) {
    graph.zoom(1.1);
    graph.center();
  }
  graph.on("tap", "node", (event) => {
    const node = event.target;
    const lines = node.connectedEdges().map((edge: cytoscape.EdgeSingular) => {
      const other = edge.source().id() === node.id() ? edge.target() : edge.source();
      const count = edge.data("lines");
      return `${other.data("label")}: ${edge.data("relation")} (${count} ${count === 1 ? "study" : "studies"})`;
    });
    const more = lines.length > 12 ? [`and ${lines.length - 12} more in the table`] : [];
    told(node.data("label"), node.data("href"), [...lines.slice(0, 12), ...more]);
  });
  addDownload("Picture (PNG)", () => graph.png({ full: true, scale: 2, bg: colour("paper"), output: "blob" }) as unknown as Blob);
}

function addDownload(name: string, make: () => Blob): void {
  const list = document.querySelector(".links.downloads");
  const button = document.createElement("button");
  button.className = "plain";
  button.textContent = name;
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(make());
    link.download = "network.png";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  const item = document.createElement("li");
  item.append(button);
  list?.append(item);
}

void draw();
