"""How soon the command line is there: nobody waits for a list of commands."""

import subprocess
import sys
import time

from cli.command_process import stead
from stead.cli import COMMANDS, app

TIMES = 7


def seconds(*words):
    """Return the best of some: what the machine does beside cannot make it faster."""
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        found.append(time.perf_counter() - began)
    return min(found)


def test_help_is_there_at_once():
    """Under 150 ms where an empty Python takes 15 to 20; on a slower machine in proportion."""
    empty = seconds("-c", "pass")
    assert seconds("-m", "stead", "--help") < max(0.150, 7 * empty)


def test_help_imports_nothing_heavy():
    code = "import sys; sys.argv = ['stead', '--help']; from stead.cli import main; main(); "
    code += "print([name for name in ('cyclopts', 'rich', 'litestar', 'yaml', 'asyncio') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("[]\n")


def test_a_plain_check_needs_no_parser(tmp_path):
    """Importing one takes as long as a warm check; with any option the same is done by it."""
    (tmp_path / "backend.py").write_text(
        'from stead import Backend, Service\n\nbackend = Backend("shop", services=[Service("Orders", command="run")])\n'
    )
    plain = "import sys; sys.argv = ['stead', 'check']; from stead.cli import main\ntry:\n    main()\n"
    plain += "except SystemExit as end:\n    print(end.code, 'cyclopts' in sys.modules, file=sys.stderr)\n"
    quick = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, cwd=tmp_path, check=True)
    parsed = stead("check", "--format", "text", folder=tmp_path)
    assert quick.stderr == "1 False\n"
    assert quick.stdout.splitlines()[:-1] == parsed.stdout.splitlines()[:-1]  # the last line has the seconds
    assert parsed.returncode == 1


def test_every_command_tells_of_itself(capsys):
    for name in (name for group in COMMANDS.values() for name in group):
        app()([name, "--help"], exit_on_error=False, result_action="return_value")
        assert name in capsys.readouterr().out


def test_a_wrong_word_has_a_near_one(tmp_path):
    done = stead("chekc", folder=tmp_path)
    assert done.returncode == 2
    assert "did you mean check?" in done.stderr
