"""`stead completion`: what a shell needs to complete commands and options.

It is printed rather than installed: nothing in a person's home is changed without being asked for.
"""

import sys
from typing import Literal

HOW = {
    "bash": "stead completion bash > ~/.local/share/bash-completion/completions/stead",
    "zsh": "stead completion zsh > a folder of your $fpath, as _stead; then compinit",
    "fish": "stead completion fish > ~/.config/fish/completions/stead.fish",
}


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print the completion of a shell: source <(stead completion bash).

    Parameters
    ----------
    shell
        Whose completion.
    """
    from stead.cli import app

    sys.stdout.write(app().generate_completion(shell=shell))
    if sys.stdout.isatty():
        sys.stderr.write(f"\nto keep it: {HOW[shell]}\n")
