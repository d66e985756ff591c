/** Links to things of the graph by their names, in the table of an answer: the things are asked for once, all together. */
const BASE = "https://w3id.org/ivig/";
/** What each thing is called, once that is known: a table that is drawn again meanwhile waits for the same answer. */
const names = new Map<string, Promise<string>>();

/** What things are called, by IRI; those without a name are left out. */
export async function namesOf(iris: string[], endpoint: string): Promise<Map<string, string>> {
  askFor(iris.filter((iri) => iri.startsWith(BASE)), endpoint);
  const found = await Promise.all(iris.map(async (iri): Promise<[string, string]> => [iri, (await names.get(iri)) ?? ""]));
  return new Map(found.filter(([, name]) => name));
}

function askFor(iris: string[], endpoint: string): void {
  const wanted = [...new Set(iris)].filter((iri) => !names.has(iri) && !/[<>"{}|\\^`\s]/.test(iri));
  if (!wanted.length) return;
  const labels = labelsOf(wanted, endpoint);
  for (const iri of wanted) names.set(iri, labels.then((found) => found.get(iri) ?? ""));
}

export function nameThings(root: HTMLElement, endpoint: string, home: string): void {
  const links = [...root.querySelectorAll<HTMLAnchorElement>(`td a[href^="${BASE}"]`)];
  askFor(links.map((link) => link.href), endpoint);
  for (const link of links) {
    const iri = link.href;
    link.title = iri;
    // The same thing on this server.
    link.href = home + iri.slice(BASE.length);
    link.removeAttribute("target");
    void names.get(iri)?.then((name) => {
      if (name) link.textContent = name;
    });
  }
}

async function labelsOf(iris: string[], endpoint: string): Promise<Map<string, string>> {
  const query = `SELECT ?thing (SAMPLE(?name) AS ?label) WHERE { VALUES ?thing { ${iris.map((iri) => `<${iri}>`).join(" ")} } ?thing skos:prefLabel|rdfs:label ?name } GROUP BY ?thing`;
  const answer = await fetch(endpoint, { method: "POST", body: new URLSearchParams({ query }), headers: { accept: "application/sparql-results+json" } }).catch(() => null);
  const rows: Record<string, { value: string }>[] = answer?.ok ? (await answer.json()).results.bindings : [];
  return new Map(rows.map((row) => [row.thing?.value ?? "", row.label?.value ?? ""]));
}
