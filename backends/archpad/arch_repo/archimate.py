"""ArchiMate 3.1: the kinds of elements by layer with the prefix of their codes, and the kinds of relationships.

Source: The Open Group, ArchiMate 3.1 Specification and Model Exchange File Format 3.1 (the names are the exchange's).
"""

from collections.abc import Mapping
from typing import Final

LAYERS: Final[Mapping[str, Mapping[str, str]]] = {
    "motivation": {
        "Stakeholder": "STKH", "Driver": "DRV", "Assessment": "ASMT", "Goal": "GOAL", "Outcome": "OUTC",
        "Principle": "PRIN", "Requirement": "REQ", "Constraint": "CNSTR", "Meaning": "MEAN", "Value": "VAL",
    },
    "strategy": {"Resource": "RES", "Capability": "CAP", "CourseOfAction": "COA", "ValueStream": "VSTR"},
    "business": {
        "BusinessActor": "ACTOR", "BusinessRole": "ROLE", "BusinessCollaboration": "BCOLL",
        "BusinessInterface": "BINT", "BusinessProcess": "PROC", "BusinessFunction": "BFUNC",
        "BusinessInteraction": "BINTR", "BusinessEvent": "BEVT", "BusinessService": "BSRV", "BusinessObject": "BOBJ",
        "Contract": "CONTR", "Representation": "REPR", "Product": "PROD",
    },
    "application": {
        "ApplicationComponent": "COMP", "ApplicationCollaboration": "ACOLL", "ApplicationInterface": "INT",
        "ApplicationFunction": "FUNC", "ApplicationInteraction": "AINTR", "ApplicationProcess": "APROC",
        "ApplicationEvent": "EVT", "ApplicationService": "SRV", "DataObject": "DATA",
    },
    "technology": {
        "Node": "NODE", "Device": "DEV", "SystemSoftware": "SYS", "TechnologyCollaboration": "TCOLL",
        "TechnologyInterface": "TINT", "Path": "PATH", "CommunicationNetwork": "NET", "TechnologyFunction": "TFUNC",
        "TechnologyProcess": "TPROC", "TechnologyInteraction": "TINTR", "TechnologyEvent": "TEVT",
        "TechnologyService": "TSRV", "Artifact": "ART", "Equipment": "EQUIP", "Facility": "FAC",
        "DistributionNetwork": "DNET", "Material": "MAT",
    },
    "implementation": {
        "WorkPackage": "WORK", "Deliverable": "DELIV", "ImplementationEvent": "IEVT", "Plateau": "PLAT", "Gap": "GAP",
    },
    "other": {"Location": "LOC", "Grouping": "GRP", "AndJunction": "AND", "OrJunction": "OR"},
}  # fmt: skip

PREFIXES: Final = {kind: prefix for kinds in LAYERS.values() for kind, prefix in kinds.items()}
LAYER_OF: Final = {kind: layer for layer, kinds in LAYERS.items() for kind in kinds}
RELATIONSHIPS: Final = (
    "Composition", "Aggregation", "Assignment", "Realization", "Serving", "Access", "Influence", "Triggering", "Flow",
    "Specialization", "Association",
)  # fmt: skip
SOLUTION: Final = "SOLUTION"  # the prefix of a solution's code
DIRECTORIES: Final = (
    "licence_types", "critical_levels", "architecture_styles", "protocols", "recovery_times", "data_classes",
)  # fmt: skip

ELEMENT_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "proposed": ("active", "rejected"),
    "active": ("deprecated",),
    "deprecated": ("active", "retired"),
    "retired": (),
    "rejected": ("proposed",),
}
SOLUTION_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "proposed": ("accepted", "rejected"),
    "accepted": ("superseded", "deprecated"),
    "rejected": ("proposed",),
    "deprecated": ("superseded",),
    "superseded": (),
}


def may_become(states: Mapping[str, tuple[str, ...]], now: str, then: str) -> bool:
    """Tell whether a state may follow another; to stay is always allowed."""
    return now == then or then in states.get(now, ())
