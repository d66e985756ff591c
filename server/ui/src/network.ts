/** The network around a thing, drawn by Cytoscape: the sign of a line says the direction, its width how many studies. */
import cytoscape from "cytoscape";
// @ts-expect-error it comes without types
import fcose from "cytoscape-fcose";

cytoscape.use(fcose);

const place = document.querySelector<HTMLElement>("[data-network]");
const canvas = place?.querySelector<HTMLElement>(".network");
const card = place?.querySelector<HTMLElement>(".card");

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function told(title: string, href: string, lines: string[]): void {
  if (!card) return;
  const heading = document.createElement("h3");
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

async function draw(): Promise<void> {
  if (!place?.dataset.network || !canvas) return;
  const answer = await fetch(place.dataset.network);
  if (!answer.ok) return;
  const { elements } = await answer.json();
  place.hidden = false;
  const tones = ["good", "equal", "bad", "harm", "mixed", "open"];
  const graph = cytoscape({
    container: canvas,
    elements,
    minZoom: 0.3,
    maxZoom: 3,
    style: [
      {
        selector: "node",
        style: {
          label: "data(label)",
          "font-size": 11,
          "text-wrap": "wrap",
          "text-max-width": "110px",
          "text-valign": "bottom",
          "text-margin-y": 4,
          color: colour("ink"),
          "background-color": colour("open"),
          width: 18,
          height: 18,
        },
      },
      { selector: "node[kind = 'condition']", style: { shape: "ellipse", "background-color": colour("accent") } },
      { selector: "node[kind = 'mechanism']", style: { shape: "diamond", "background-color": colour("equal") } },
      { selector: "node[kind = 'body']", style: { shape: "rectangle", "background-color": colour("mixed") } },
      { selector: "node[kind = 'outcome']", style: { shape: "triangle", "background-color": colour("open") } },
      { selector: "node[kind = 'adverse event']", style: { shape: "octagon", "background-color": colour("harm") } },
      {
        selector: "edge",
        style: {
          width: "mapData(lines, 1, 12, 1.5, 9)" as unknown as number,
          label: "data(sign)",
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
    layout: { name: "fcose", animate: false, nodeSeparation: 110, idealEdgeLength: 130 } as unknown as cytoscape.LayoutOptions,
  });
  graph.on("tap", "node", (event) => {
    const node = event.target;
    const lines = node.connectedEdges().map((edge: cytoscape.EdgeSingular) => {
      const other = edge.source().id() === node.id() ? edge.target() : edge.source();
      const count = edge.data("lines");
      return `${other.data("label")}: ${edge.data("relation")} (${count} ${count === 1 ? "study" : "studies"})`;
    });
    told(node.data("label"), node.data("href"), lines.slice(0, 12));
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
