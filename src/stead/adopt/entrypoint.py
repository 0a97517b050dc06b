"""Entry point: how a process starts: by its own source where that is here, or else by its image."""

from stead.adopt.image import image
from stead.adopt.process import Process
from stead.adopt.sketch import ProcessSketch, guessed, unsure

BUILT = (".jar", ".dll", ".war")  # the output of a build in an image


def start(process: Process, sketch: ProcessSketch) -> None:
    """Say in the sketch how the process starts."""
    command, why = _own(process)
    sketch.build = process.build
    if process.folder and command:
        sketch.command, sketch.folder = command, process.folder
        sketch.worker = next((part.worker for part in process.parts if part.worker), "")
        if sketch.worker:
            return  # the runtime opens the port
        if why:
            sketch.remark("command", guessed(why))
    elif process.image and not sketch.build:
        _image(process, sketch)
    elif not sketch.build:
        sketch.remark("", unsure(f"how {process.name} starts"))


def _own(process: Process) -> tuple[tuple[str, ...], str]:
    """Return the command by which its source is started on a laptop, and where it comes from."""
    stated = next((part for part in process.parts if part.kind == "procfile"), None)
    if stated:
        return stated.command, stated.why
    folders = [part for part in process.parts if part.kind == "folder" and part.command]
    manifests = [part for part in folders if "Dockerfile" not in part.file]
    inside = [part for part in folders if "Dockerfile" in part.file and not _is_inside(part.command)]
    for part in (*manifests, *inside):
        return part.command, part.why
    for part in process.parts:
        if part.command and not _is_inside(part.command):
            return part.command, part.why or f"{part.file} starts it so"
    return (), ""


def _is_inside(command: tuple[str, ...]) -> bool:
    """Return whether a command names paths that are in a container only."""
    return any(word.startswith("/") or word.endswith(BUILT) for word in command)


def _image(process: Process, sketch: ProcessSketch) -> None:
    """Say the image, as far as it can be said."""
    about = image(process.image)
    if not about.known:
        sketch.remark("", unsure(f"the image of {process.name}: {process.image}"))
        return
    sketch.image = about.known
    if not about.pinned:
        tag = about.known.rpartition(":")[2] if ":" in about.known.rpartition("/")[2] else ""
        suffix = f": {process.image.rpartition('/')[2]}" if "$" in process.image else ""
        sketch.remark("image", unsure("its digest" if tag else f"its tag and digest{suffix}"))
