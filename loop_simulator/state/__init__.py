"""The running simulated shop: finds, changes, renders and counts returns."""

from loop_simulator.state.changes import Changes
from loop_simulator.state.index import FAR, Entry, Index
from loop_simulator.state.replicas import Replicas
from loop_simulator.state.replicated_store import ReplicatedStore, open_store
from loop_simulator.state.store import COLUMNS, Store
from loop_simulator.state.stored_return import StoredReturn
from loop_simulator.state.templates import Template
from loop_simulator.state.timeline import compute_timeline
from loop_simulator.state.truth import compute_truth, known_to

__all__ = [
    "COLUMNS",
    "FAR",
    "Changes",
    "Entry",
    "Index",
    "Replicas",
    "ReplicatedStore",
    "Store",
    "StoredReturn",
    "Template",
    "compute_timeline",
    "compute_truth",
    "known_to",
    "open_store",
]
