"""The defects of GitHub's workflows: in the shop's own, and in one that is written beside it."""

from check.defects import both, change, write

FILE = ".github/workflows/deploy.yml"
RUN = '      - run: ./deploy.sh "$SERVICE"\n'
CHECKOUT = "11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
SECOND = "\njobs:\n"
BUILD = "docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a # v7.3.0"
PUSHING = f"      - uses: {BUILD}\n        with:\n          push: true\n"
TEST = """name: test
on:
  pull_request:
    branches: [main]
permissions: {}
concurrency:
  group: test-${{ github.ref }}
  cancel-in-progress: true
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - run: echo tested
"""
CALLED = """on:
  workflow_call:
permissions: {}
jobs:
  lint:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - run: echo linted
"""
CALLING = "  lint:\n    uses: ./.github/workflows/lint.yml\n    secrets: inherit\n"


def step(text):
    """Return a defect: one more step of the shop's own workflow."""
    return change(FILE, RUN, f"{text}{RUN}")


def test(*changes):
    """Return a defect: a second workflow, with a text of it changed."""
    text = TEST
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return write(".github/workflows/test.yml", text)


PLANTED = {
    "GITHUB010": test(("permissions: {}\n", "")),
    "GITHUB011": test(("permissions: {}", "permissions: write-all")),
    "GITHUB012": change(FILE, "concurrency: deploy\n", ""),
    "GITHUB013": change(FILE, "    timeout-minutes: 10\n", ""),
    "GITHUB014": step("      - run: ./gradlew build || true\n"),
    "GITHUB015": step(f"{PUSHING}          tags: ghcr.io/example/orders:latest\n"),
    "GITHUB016": test(
        ("pull_request:", "pull_request_target:"), ("echo tested", 'echo "A=$(cat a.txt)" >> "$GITHUB_ENV"')
    ),
    "GITHUB017": step("      - run: printenv\n"),
    "GITHUB018": change(FILE, "\n        with:\n          persist-credentials: false", ""),
    "GITHUB019": both(write(".github/workflows/lint.yml", CALLED), test(("jobs:\n", f"jobs:\n{CALLING}"))),
    "GITHUB020": step("      - run: curl -s https://get.example.com/tool | bash\n"),
    "GITHUB021": step("      - run: echo ${{ env.PLACE }}\n"),
    "GITHUB022": step('      - run: echo "::set-output name=a::1"\n'),
    "GITHUB023": step("      - if: ${{ github.ref }} == 'main'\n        run: echo main\n"),
    "GITHUB024": change(FILE, "    runs-on: ubuntu-24.04\n", "    needs: [test]\n    runs-on: ubuntu-24.04\n"),
    "GITHUB025": step("      - run: echo $A\n        env:\n          A: ${{ steps.none.outputs.a }}\n"),
    "GITHUB026": change(FILE, "ubuntu-24.04", "ubuntu-20.04"),
    "GITHUB027": test(("on:\n", "on:\n  schedule:\n    - cron: daily\n")),
    "GITHUB028": change(FILE, "    environment: prod\n", ""),
    "GITHUB029": change(FILE, "concurrency: deploy\n", "concurrency:\n  group: deploy\n  cancel-in-progress: true\n"),
    "GITHUB030": step(f"      - uses: {BUILD}\n        with:\n          cache-to: type=gha\n"),
    "GITHUB031": test(("ubuntu-24.04", "[self-hosted, linux]")),
    "GITHUB032": test(("on:\n", 'on:\n  push:\n    paths: ["orders/**"]\n')),
    "GITHUB033": step('      - run: cosign verify "$IMAGE"\n'),
    "GITHUB034": write("mail/.github/workflows/test.yml", TEST),
    "GITHUB036": test(("ubuntu-24.04", "ubuntu-latest")),
    "GITHUB037": test(("timeout-minutes: 10", "timeout-minutes: 10\n    timeout_minutes: 10")),
    "GITHUB035": both(
        change(
            "backend.py",
            "import Backend, Clerk, Environment, Gateway, Job",
            "import Backend, Clerk, Environment, Gateway, Github, Job",
        ),
        change(
            "backend.py",
            "    jobs=[sweep],\n",
            '    jobs=[sweep],\n    registry="ghcr.io/example",\n    pipelines=[Github(pin_days=1)],\n',
        ),
    ),
}
