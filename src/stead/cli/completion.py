"""`stead completion`: print a script with which a shell completes commands and options.

The script is printed, not installed: Stead does not change files in the user's home.
"""

import sys
from typing import Literal

HOW = {
    "bash": "stead completion bash > ~/.local/share/bash-completion/completions/stead",
    "zsh": "stead completion zsh > a folder of your $fpath, as _stead; then compinit",
    "fish": "stead completion fish > ~/.config/fish/completions/stead.fish",
}


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print the completion script of a shell: source <(stead completion bash).

    Parameters
    ----------
    shell
        The shell: bash, zsh or fish.
    """
    from stead.cli import app

    sys.stdout.write(app().generate_completion(shell=shell))
    if sys.stdout.isatty():
        sys.stderr.write(f"\nto install it: {HOW[shell]}\n")
