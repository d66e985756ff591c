"""Queries that are meant to take a server down, and what is asked of one while it gets them."""

from __future__ import annotations

CROSS = "?a ?p ?b . ?c ?q ?d"

HOSTILE = {
    "order": f"SELECT * {{ {CROSS} }} ORDER BY ?b ?d",
    "count": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} . ?e ?r ?f }}",
    "distinct": f"SELECT DISTINCT ?a ?d {{ {CROSS} }}",
    "group": f"SELECT ?a ?d (COUNT(*) AS ?n) {{ {CROSS} }} GROUP BY ?a ?d",
    "concat": f'SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d)); SEPARATOR=" ") AS ?x) {{ {CROSS} }}',
    "construct": f"CONSTRUCT {{ ?a ?p ?d }} {{ {CROSS} }}",
    "rows": f"SELECT * {{ {CROSS} }}",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a (<x:a>|!<x:a>)* ?b . ?b (<x:a>|!<x:a>)* ?c }",
    "inverse paths": "SELECT * { ?a (^(<x:a>|!<x:a>)|(<x:a>|!<x:a>))+ ?b } ORDER BY ?b",
    "regex": f'SELECT * {{ {CROSS} FILTER REGEX(CONCAT(STR(?b), STR(?d)), "(.*a){{20}}(.*b){{20}}(x+x+)+y") }}',
    "replace": 'SELECT * { ?a ?p ?b . ?c ?q ?d FILTER(REPLACE(CONCAT(STR(?b), STR(?d)), "(a|aa)+", "$1$1$1") = "x") }',
    "exists": "SELECT * { ?a ?p ?b . FILTER NOT EXISTS { ?c ?q ?d . ?d ?r ?e . FILTER(STR(?e) > STR(?b)) } }",
    "optionals": "SELECT * { ?a ?p ?b " + "OPTIONAL { ?x ?y ?z } " * 30 + "} ORDER BY ?z",
    "nested braces": "ASK " + "{" * 60_000 + "}" * 60_000,
    "nested parentheses": "SELECT (" + "(" * 60_000 + "1" + ")" * 60_000 + " AS ?x) {}",
    "nested paths": "ASK { ?s " + "(" * 30_000 + "<x:a>" + ")*" * 30_000 + " ?o }",
    "long text": "SELECT * { ?s ?p ?o } #" + "x" * 900_000,
    "long name": "SELECT * { ?s <x:" + "a" * 900_000 + "> ?o }",
    "many values": "SELECT * { VALUES ?s { " + " ".join(f"<x:{n}>" for n in range(10_000)) + " } ?s ?p ?o }",
    "many joins": "SELECT (COUNT(*) AS ?n) { " + " . ".join(f"?s{n} ?p{n} ?s{n + 1}" for n in range(200)) + " }",
    "many unions": "SELECT * { " + " UNION ".join("{ ?a ?p ?b . ?c ?q ?d }" for _ in range(500)) + " } ORDER BY ?d",
    "unclosed quotes": "ASK { ?s ?p " + "'''" * 30_000,
    "growing text": "SELECT ?y { BIND('" + "x" * 1000 + "' AS ?a) "
    + " ".join(f"BIND(CONCAT(?{a}, ?{a}, ?{a}, ?{a}) AS ?{b})" for a, b in zip("abcdefghijklmn", "bcdefghijklmny", strict=True)) + " }",
}  # fmt: skip
"""By what they take too much of."""

MODEST = (
    "/health",
    "/queries/conditions?format=csv",
    "/queries/evidence-for-condition?condition=guillain-barre+syndrome&format=json",
    "/condition/guillain-barre-syndrome",
    "/sparql?query=SELECT%20%3Fc%20%7B%20%3Fc%20a%20%3Chttps%3A%2F%2Fw3id.org%2Fivig%2Fontology%23Condition%3E%20%7D%20LIMIT%205",
)
"""What others ask meanwhile."""
