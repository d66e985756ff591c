"""Questions into answers: engines, saved queries, names to IRIs, result formats."""

from ivig.query.engine import Dataset, EmbeddedEngine, Engine
from ivig.query.graph import Answer, Graph
from ivig.query.names import Names
from ivig.query.saved import Parameter, SavedQueries, SavedQuery

__all__ = ["Answer", "Dataset", "EmbeddedEngine", "Engine", "Graph", "Names", "Parameter", "SavedQueries", "SavedQuery"]
