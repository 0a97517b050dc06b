"""What other people's checkers are told of rendered files, each with its reason; it is rendered, too.

checkov reads it from the folder that it is told to check, `deploy` or `deploy/docker`, so both have it; dclint from the
one that it runs in, `deploy/compose`. Both take another by an option. Comments beside each line, the
rejected option, would silence what a person changes there, and be in every file.
"""

CHECKOV = ".checkov.yaml"
DCLINT = ".dclintrc.yaml"
TEXTS = {
    CHECKOV: (
        "skip-check:\n"
        "  # It sees a build argument's name in FROM, and not its default, which is an image by tag and digest.\n"
        "  - CKV_DOCKER_7\n"
    ),
    DCLINT: (
        "rules:\n"
        "  # What is put on any environment's files has no name: the last one counts, so it would be another project.\n"
        "  require-project-name-field: 0\n"
    ),
}
