"""Questions into answers: engines, saved queries, names to IRIs, result formats."""

from ivig.ask.engine import Dataset, EmbeddedEngine, Engine
from ivig.ask.graph import Answer, Graph
from ivig.ask.names import Names
from ivig.ask.saved import Parameter, SavedQueries, SavedQuery

__all__ = ["Answer", "Dataset", "EmbeddedEngine", "Engine", "Graph", "Names", "Parameter", "SavedQueries", "SavedQuery"]
