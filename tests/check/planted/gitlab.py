"""The defects of GitLab's pipelines: the shop has none, so that each is written with one thing wrong."""

from check.defects import write

IMAGE = "docker.io/library/alpine:3.22@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WORKFLOW = """workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
"""
RULES = """  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
"""
SHIP = """ship:
  stage: ship
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  environment: prod
  resource_group: prod
  script:
    - stead ship compose . --env prod --version "$CI_COMMIT_SHORT_SHA"
    - curl --fail https://orders.example.com/health
"""
TEXT = f"""{WORKFLOW}stages: [test, ship]
default:
  timeout: 15 minutes
  image: {IMAGE}
test:
  stage: test
{RULES}  script:
    - echo tested
{SHIP}"""


def plant(*changes):
    """Return a defect: a pipeline with texts of it changed."""
    text = TEXT
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return write(".gitlab-ci.yml", text)


def line(command):
    return plant(("    - echo tested\n", f"    - echo tested\n    - {command}\n"))


PLANTED = {
    "GITLAB010": plant((WORKFLOW, "")),
    "GITLAB011": plant(
        ("    - echo tested\n", f"    - echo tested\n  services: [{IMAGE.replace('alpine:3.22', 'docker:28-dind')}]\n")
    ),
    "GITLAB012": line("./mvnw verify || true"),
    "GITLAB013": line("docker push registry.example.com/orders:latest"),
    "GITLAB014": line('echo "$CI_JOB_TOKEN"'),
    "GITLAB015": line("curl -s https://get.example.com/tool | sh"),
    "GITLAB016": plant(("stages: [test, ship]", "stages: [build, ship]")),
    "GITLAB017": plant((f"  stage: test\n{RULES}", "  stage: test\n  only: [main]\n")),
    "GITLAB018": plant(("  timeout: 15 minutes\n", "")),
    "GITLAB019": plant((f"{RULES}  script", f"{RULES}  id_tokens: {{TOKEN: {{aud: sigstore}}}}\n  script")),
    "GITLAB020": plant(("  environment: prod\n", "")),
    "GITLAB021": plant(("  resource_group: prod\n", "")),
    "GITLAB022": plant(("  resource_group: prod\n", "  resource_group: prod\n  interruptible: true\n")),
    "GITLAB023": plant(
        ("stages: [test, ship]\n", "stages: [test, ship]\ninclude:\n  - {project: shop/ci, ref: main, file: a.yml}\n")
    ),
    "GITLAB024": plant(("    - echo tested\n", "    - echo tested\n  artifacts: {paths: [report]}\n")),
    "GITLAB025": line('cosign verify "$IMAGE"'),
}
