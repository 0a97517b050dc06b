"""When jobs run: conditions and values that several of them share."""

CHANGED = "needs.plan.outputs.changed == 'true'"
RELEASE = "startsWith(github.ref, 'refs/tags/v')"
PUSHED = f"github.event_name == 'push' && {CHANGED}"
PULL = f"github.event_name == 'pull_request' && {CHANGED}"
