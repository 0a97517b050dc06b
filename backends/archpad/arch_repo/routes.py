"""What the architecture repository answers."""

from arch_repo.element_routes import ELEMENT_HANDLERS
from arch_repo.exchange_routes import EXCHANGE_HANDLERS
from arch_repo.solution_routes import SOLUTION_HANDLERS
from tenancy.documents import document_route

HANDLERS = (document_route(__file__), *ELEMENT_HANDLERS, *SOLUTION_HANDLERS, *EXCHANGE_HANDLERS)
