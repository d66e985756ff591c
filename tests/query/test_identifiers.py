"""Identifiers of other collections: every usual spelling means the same, and the extract is what Bioregistry says."""

from __future__ import annotations

import bioregistry
import pytest
from hypothesis import given, strategies as st

from ivig.graph_files import GraphFiles
from ivig.io.sssom import mappings
from ivig.model.identifiers import identifier, prefixes, unknown_prefix
from prefixes import curie_map, extract

SPELLINGS = {
    "MONDO:0016218": [
        "mondo:0016218", "MONDO_0016218", "MONDO 0016218", "MONDO: 0016218", "MONDO:MONDO_0016218",
        "http://purl.obolibrary.org/obo/MONDO_0016218", "<https://purl.obolibrary.org/obo/MONDO_0016218>",
        "purl.obolibrary.org/obo/MONDO_0016218", "https://identifiers.org/mondo:0016218",
        "http://identifiers.org/mondo/0016218", "https://identifiers.org/MONDO:0016218",
        "https://bioregistry.io/mondo:0016218", "https://monarchinitiative.org/MONDO:0016218", "obo:MONDO_0016218",
        "https://www.ebi.ac.uk/ols4/ontologies/mondo/classes/http%253A%252F%252Fpurl.obolibrary.org%252Fobo%252FMONDO_0016218",
        "https://www.ebi.ac.uk/ols/ontologies/mondo/terms?iri=http://purl.obolibrary.org/obo/MONDO_0016218",
        "https://monarchinitiative.org/disease/MONDO:0016218",
        "https://www.ebi.ac.uk/ols4/ontologies/mondo/classes?obo_id=MONDO:0016218",
        "https://www.ebi.ac.uk/ols4/api/terms?lang=en&obo_id=MONDO%3A0016218",
        "https://www.ebi.ac.uk/ols/ontologies/mondo/terms?short_form=MONDO_0016218",
    ],
    "DOID:12842": ["doid:12842", "DOID_12842", "DOID:DOID:12842", "http://purl.obolibrary.org/obo/DOID_12842"],
    "MESH:D020275": [
        "MeSH:D020275", "mesh:d020275", "MSH:D020275", "http://id.nlm.nih.gov/mesh/D020275",
        "https://id.nlm.nih.gov/mesh/D020275.html",
        "https://id.nlm.nih.gov/mesh/2025/D020275", "https://meshb.nlm.nih.gov/#/record/ui?ui=D020275",
        "https://meshb.nlm.nih.gov/record/ui?ui=D020275", "http://purl.bioontology.org/ontology/MESH/D020275",
    ],
    "UMLS:C0018378": [
        "umls:C0018378", "UMLS_CUI:C0018378", "UMLS CUI:C0018378", "http://linkedlifedata.com/resource/umls/id/C0018378",
        "https://uts.nlm.nih.gov/uts/umls/concept/C0018378", "https://identifiers.org/umls:C0018378",
    ],
    "ICD10CM:G61.0": ["icd10cm:g61.0", "ICD10CM:G610",
        "ICD-10-CM:G61.0", "ICD10-CM:G61.0", "ICD-10-CM G61.0", "http://hl7.org/fhir/sid/icd-10-cm/G61.0", "icd10cm_g610", "http://purl.bioontology.org/ontology/ICD10CM/G61.0"],
    "ICD10WHO:G61.0": ["ICD-10:G61.0", "ICD10:G61.0", "ICD10:G610", "https://icd.who.int/browse10/2019/en#/G61.0"],
    "Orphanet:2103": [
        "ORPHA:2103", "orphanet:2103", "ORPHA2103", "Orphanet_2103", "Orphanet:ORPHA2103", "ordo:2103",
        "http://www.orpha.net/ORDO/Orphanet_2103", "https://www.orpha.net/en/disease/detail/2103",
        "https://www.orpha.net/consor/cgi-bin/OC_Exp.php?Lng=EN&Expert=2103",
        "https://www.orpha.net/consor/cgi-bin/OC_Exp.php?Lng=GB&Expert=2103", "ORPHAcode:2103", "ORPHAcode 2103",
        "https://www.orpha.net/consor/cgi-bin/OC_Exp.php?Expert=2103&Lng=FR", "https://www.orpha.net/de/disease/detail/2103",
    ],
    "OMIM:139393": ["MIM:139393", "omim:139393", "OMIM:#139393", "https://www.omim.org/entry/139393"],
    "OMIMPS:214100": ["OMIM:PS214100", "OMIMPS:PS214100", "https://omim.org/phenotypicSeries/PS214100"],
    "NCIT:C116345": ["ncit:C116345", "NCI:C116345", "NCIt:c116345", "http://purl.obolibrary.org/obo/NCIT_C116345"],
    "SCTID:40956001": [
        "SNOMEDCT:40956001", "SNOMED:40956001", "SNOMEDCT_US_2023_09_01:40956001", "http://snomed.info/id/40956001",
        "http://snomed.info/sct/40956001",
        "http://snomed.info/sct/900000000000207008/version/20240101/id/40956001",
        "SNOMED CT:40956001", "SNOMED-CT:40956001", "SNOMED CT 40956001",
    ],
    "GO:0045916": [
        "go:0045916", "GO:GO:0045916", "GO_0045916", "https://amigo.geneontology.org/amigo/term/GO:0045916",
        "https://www.ebi.ac.uk/QuickGO/term/GO:0045916", "https://identifiers.org/GO:0045916",
    ],
    "ECO:0000180": ["eco:0000180", "ECO_0000180", "http://purl.obolibrary.org/obo/ECO_0000180"],
    "HP:0001873": ["HPO:0001873", "hp_0001873", "https://hpo.jax.org/app/browse/term/HP:0001873"],
    "PMID:15674654": [
        "pmid:15674654", "PMID: 15674654", "PMID 15674654", "PMID15674654", "pubmed:15674654", "PubMed ID: 15674654",
        "https://pubmed.ncbi.nlm.nih.gov/15674654/", "https://www.ncbi.nlm.nih.gov/pubmed/15674654?dopt=Abstract",
        "https://europepmc.org/article/MED/15674654", "https://identifiers.org/pubmed:15674654",
        "urn:miriam:pubmed:15674654", "info:pmid/15674654",
        "https://pubmed.ncbi.nlm.nih.gov/?term=15674654", "https://pubmed.ncbi.nlm.nih.gov/?sort=date&term=15674654%5Buid%5D&page=1",
    ],
    "PMCID:PMC1754837": [
        "PMC1754837", "pmc1754837", "PMCID: PMC1754837", "PMC:1754837", "pmcid:1754837",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1754837/", "https://pmc.ncbi.nlm.nih.gov/articles/PMC1754837/",
        "PMC1754837.1", "https://pmc.ncbi.nlm.nih.gov/articles/PMC1754837/pdf/x.pdf", "PMCID:PMC1754837.2",
        "https://europepmc.org/article/PMC/PMC1754837",
    ],
    "DOI:10.1007/s10067-004-0959-7": [
        "doi:10.1007/s10067-004-0959-7", "DOI: 10.1007/s10067-004-0959-7", "https://doi.org/10.1007/s10067-004-0959-7",
        "doi.org/10.1007/s10067-004-0959-7", "http://dx.doi.org/10.1007%2Fs10067-004-0959-7",
        "info:doi/10.1007/s10067-004-0959-7", "https://identifiers.org/doi:10.1007/s10067-004-0959-7",
        "DOI:https://doi.org/10.1007/s10067-004-0959-7", "doi: 10.1007/s10067-004-0959-7.", "https://doi.org/10.1007/s10067-004-0959-7.",
    ],
    "DOI:10.1186/1478-7547-8-14": ["https://doi.org/10.1186/1478-7547-8-14"],
    "ISRCTN:ISRCTN94984750": ["https://www.isrctn.com/ISRCTN94984750"],
    "CLINICALTRIALS:NCT00220740": [
        "NCT:NCT00220740", "https://clinicaltrials.gov/study/NCT00220740", "https://clinicaltrials.gov/ct2/show/NCT00220740",
    ],
    "ROR:01z0wsw92": ["https://ror.org/01z0wsw92"],
}  # fmt: skip


@pytest.mark.parametrize(("curie", "typed"), [(c, t) for c, spellings in SPELLINGS.items() for t in [c, *spellings]])
def test_every_usual_spelling_means_the_same(curie: str, typed: str) -> None:
    found = identifier(typed)
    assert found is not None
    assert found.curie == curie
    assert found.well_formed


@pytest.mark.parametrize(
    "typed", ["GBS", "", "IgG: low", "go", "PS", "D020275", "https://example.org/x", "MONDO:", "https://pubmed.ncbi.nlm.nih.gov/?term=1+OR+2", "Graves' disease", "a" * 9000]
)  # fmt: skip
def test_what_is_no_identifier_is_taken_for_none(typed: str) -> None:
    assert identifier(typed) is None


@pytest.mark.parametrize(
    ("typed", "prefix"), [("MOND:12", "MOND"), ("MONDO:12", None), ("a:b", None), ("https://x/1", None)]
)
def test_a_curie_with_a_prefix_that_nobody_has_is_seen(typed: str, prefix: str | None) -> None:
    assert unknown_prefix(typed) == prefix


def test_every_outside_term_of_the_links_is_known_by_curie_and_by_iri(files: GraphFiles) -> None:
    seen = 0
    for path in files.links:
        for mapping in mappings(path):
            by_curie, by_iri = identifier(mapping.curie), identifier(mapping.object)
            assert by_curie is not None
            assert by_curie == by_iri, mapping
            assert by_curie.iri == mapping.object
            seen += 1
    assert seen > 1900


def test_the_extract_is_what_bioregistry_says() -> None:
    assert prefixes() == extract()
    assert set(prefixes()) == {*curie_map(), "PMID", "PMCID", "DOI"}


@pytest.mark.parametrize("prefix", sorted(set(prefixes()) - {"SEVCO"}))
def test_bioregistry_reads_our_curies_as_we_do(prefix: str) -> None:
    example = prefixes()[prefix].example
    read = bioregistry.parse_curie(example)
    assert read is not None
    written = identifier(f"{read.prefix}:{read.identifier}")
    assert written is not None
    assert written.curie == example
    url = bioregistry.get_bioregistry_iri(read.prefix, read.identifier)
    assert url is not None
    assert identifier(url) == written


@given(st.text())
def test_no_text_makes_it_stumble(text: str) -> None:
    found = identifier(text)
    assert found is None or identifier(found.curie) is not None
