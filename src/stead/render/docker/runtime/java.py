"""Java and Kotlin: a jar, built by the project's own wrapper where there is one; or one file of source."""

import posixpath
import shlex
from collections.abc import Iterator
from itertools import pairwise

from stead.render.docker import pin
from stead.render.docker.dockerfile import Arg, Comment, Copy, Env, From, Instruction, Mount, Run, Workdir
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command

OPTIONS = {"JAVA_TOOL_OPTIONS": "-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError"}
JAR = "/app/app.jar"
WRAPPERS = ("gradlew", "mvnw")
CACHES = {"gradlew": "/root/.gradle", "mvnw": "/root/.m2"}
SOURCES = (
    *("gradlew", "gradle", "*.gradle", "*.gradle.kts", "gradle.properties", "mvnw", ".mvn", "pom.xml", "src"),
    *("build/libs", "target/*.jar"),
)
# Of the jars that a build leaves, the one that can be started; the shell expands a pattern in JAR_FILE.
INSTALL = (
    "for jar in ${JAR_FILE}; do case $jar in *-plain.jar|*-sources.jar) ;; *) install -D $jar /out/app.jar;; esac; done"
)
RUNS = ("bootRun", "run", "spring-boot:run", "quarkus:run", "exec:java")  # tasks that start the program


def instructions(program: Program) -> tuple[Instruction, ...]:
    if wrapper := _wrapper(program):
        return _by_wrapper(program, *wrapper)
    if source := _source(program.command):
        return _by_source(program, source)
    return _built_before(program)


def _by_wrapper(program: Program, top: str, name: str) -> tuple[Instruction, ...]:
    """Build with the project's wrapper, all modules in one context, and take the one jar that can be started."""
    module = posixpath.relpath(program.folder, top)
    task = _task(name, module, _module_of(program.command))
    places = _places(name, module, program.command)
    flags, arguments = _around_jar(program.command)
    return (
        *bases(pin.JDK, pin.JAVA),
        From(f"${{{pin.JDK.name}}}", "build"),
        Workdir("/src"),
        Copy(f"{top}/", "./"),
        Run(f"sh ./{name} {task}", (Mount("cache", CACHES[name]),)),
        Arg("JAR_FILE", places),
        Run(INSTALL),
        From(f"${{{pin.JAVA.name}}}"),
        *labels(),
        Env(OPTIONS),
        Workdir("/app"),
        Copy("/out/app.jar", JAR, "build"),
        *ending(probe_command("java", program.health, program.port), ("java", *flags, "-jar", JAR, *arguments)),
    )


def _by_source(program: Program, source: str) -> tuple[Instruction, ...]:
    """`java Receipts.java` compiles in memory, which takes a JDK; here it is compiled once, in the build."""
    at = program.command.index(source)
    stem = posixpath.basename(source).removesuffix(".java")
    return (
        *bases(pin.JDK, pin.JAVA),
        From(f"${{{pin.JDK.name}}}", "build"),
        Workdir("/src"),
        Copy(f"{program.folder}/", "./"),
        Run(f"javac -d /out {shlex.quote(source)}"),
        From(f"${{{pin.JAVA.name}}}"),
        *labels(),
        Env(OPTIONS),
        Workdir("/app"),
        Copy("/out", "/app", "build"),
        *ending(
            probe_command("java", program.health, program.port),
            (*program.command[:at], "-cp", "/app", stem, *program.command[at + 1 :]),
        ),
    )


def _built_before(program: Program) -> tuple[Instruction, ...]:
    """Return the files of a command: `java -jar build/orders.jar` needs only that jar; other commands are unknown."""
    jar = _jar(program.command)
    path = Arg("JAR_FILE", posixpath.normpath(f"{program.folder}/{jar}"))
    command = tuple(JAR if jar and word == jar else word for word in program.command)
    return (
        *bases(pin.JAVA),
        From(f"${{{pin.JAVA.name}}}"),
        Comment("Build the jar before the image: ./gradlew build, or mvn package."),
        *((path,) if jar else ()),
        *labels(),
        Env(OPTIONS),
        Workdir("/app"),
        Copy(f"${{{path.name}}}", JAR) if jar else Copy(f"{program.folder}/", "/app/"),
        *ending(probe_command("java", program.health, program.port), command),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    if program.command[0] != "java" and not _wrapper(program):
        yield ImageProblem(
            f"{program.name} starts by {program.command[0]}, but its project has no wrapper (gradlew, mvnw)",
            "commit the wrapper, which names the version that builds, or set build= to the folder of a Dockerfile",
        )


def allowed(program: Program) -> tuple[str, ...]:
    wrapper = _wrapper(program)
    top = wrapper[0] if wrapper else program.folder
    return SOURCES if top == "." else (top,)


def _wrapper(program: Program) -> tuple[str, str] | None:
    """Return the folder and the name of the wrapper that builds what the command starts."""
    jar = _jar(program.command)
    if program.command[0] == "java" and not jar:
        return None
    wanted = [posixpath.basename(program.command[0])] if program.command[0] != "java" else list(WRAPPERS)
    names = [{"gradle": "gradlew", "mvn": "mvnw"}.get(name, name) for name in wanted]
    return program.project.find_up(program.folder, *names)


def _task(wrapper: str, module: str, named: str) -> str:
    """Return the command that builds the jar; of several modules, only the program's and its dependencies."""
    chosen = named or ("" if module == "." else module.replace("/", ":"))
    if wrapper == "mvnw":
        only = f" --projects {chosen.replace(':', '/')} --also-make" if chosen else ""
        return f"--batch-mode -DskipTests{only} package"
    return f"--no-daemon {f':{chosen}:' if chosen else ''}assemble"


def _module_of(command: tuple[str, ...]) -> str:
    """Return the module that `./gradlew :orders:bootRun` names."""
    word = next((word for word in command[1:] if word.rpartition(":")[2] in RUNS and word.startswith(":")), "")
    return word.rpartition(":")[0].lstrip(":")


def _places(wrapper: str, module: str, command: tuple[str, ...]) -> str:
    folder = posixpath.normpath(posixpath.join(module, _module_of(command).replace(":", "/")))
    named = _jar(command)
    output = named or ("build/libs/*.jar" if wrapper == "gradlew" else "target/*.jar")
    return posixpath.normpath(posixpath.join(folder, output))


def _around_jar(command: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the options before `-jar`, and the arguments after the jar."""
    jar = _jar(command)
    if not jar:
        return (), ()
    at = command.index("-jar")
    return command[1:at], command[at + 2 :]


def _jar(command: tuple[str, ...]) -> str:
    return next((word for flag, word in pairwise(command) if flag == "-jar"), "")


def _source(command: tuple[str, ...]) -> str:
    return next((word for word in command[1:] if word.endswith(".java")), "")
