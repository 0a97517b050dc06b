"""The rendered configuration of third-party checkers: rules that do not apply to rendered files, with reasons.

checkov reads it from the folder that it checks, `deploy` or `deploy/docker`, so both have it; dclint from its working
directory, `deploy/compose`. Rejected: comments beside each line, which would also silence changes of a person, and be
in every file.
"""

CHECKOV = ".checkov.yaml"
DCLINT = ".dclintrc.yaml"
TEXTS = {
    CHECKOV: (
        "skip-check:\n"
        "  # It reads only a build argument's name in FROM, not its default: an image by tag and digest.\n"
        "  - CKV_DOCKER_7\n"
    ),
    DCLINT: (
        "rules:\n"
        "  # An overlay has no name: the last one counts, so it would be another project.\n"
        "  require-project-name-field: 0\n"
    ),
}
