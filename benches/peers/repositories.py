"""Cases of repositories: where the token came and went, or nothing leads to it."""

from case import HISTORY, case, commit, git, init, write
from files import safetensors, zipped


def deleted(folder, token):
    """A repository whose second commit takes the token away."""
    init(folder)
    commit_source(folder, token, "Train")
    commit_source(folder, None, "Use the environment")


def commit_source(folder, token, message):
    write(folder / "train.py", source(token))
    commit(folder, message)


def source(token):
    return f'login(token="{token}")\n' if token else "login()\n"


def in_history(title, **options):
    return case(HISTORY, title, **{"command": "history", "holds": "object", **options})


@in_history("deleted in the next commit")
def _(folder, token):
    deleted(folder, token)


@in_history("deleted in the next commit, and everything packed by `git gc`")
def _(folder, token):
    deleted(folder, token)
    git(folder, "gc")


@in_history("on a branch that is not checked out")
def _(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    git(folder, "checkout", "-b", "try")
    commit_source(folder, token, "Try")
    git(folder, "checkout", "main")


@in_history("brought by a merge commit and by neither parent, then deleted")
def _(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    git(folder, "checkout", "-b", "side")
    write(folder / "side.py", "pass\n")
    commit(folder, "Side")
    git(folder, "checkout", "main")
    write(folder / "other.py", "pass\n")
    commit(folder, "Other")
    git(folder, "merge", "--no-commit", "--no-ff", "side")
    commit_source(folder, token, "Merge side")
    commit_source(folder, None, "Use the environment")


def amend(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    commit_source(folder, token, "Log in")
    write(folder / "train.py", "login()  # from the environment\n")
    git(folder, "commit", "--all", "--amend", "-m", "Log in")


@in_history("amended away, in the reflog only")
def _(folder, token):
    amend(folder, token)


@in_history("amended away, and the reflog expired")
def _(folder, token):
    amend(folder, token)
    git(folder, "reflog", "expire", "--expire=now", "--all")


@in_history("in a stash")
def _(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    write(folder / "train.py", source(token))
    git(folder, "stash")


@in_history("in a blob that nothing refers to")
def _(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    git(folder, "hash-object", "-w", "--stdin", stdin=source(token))


@in_history("in a commit's message")
def _(folder, token):
    init(folder)
    commit_source(folder, None, f"Train\n\nRun with HF_TOKEN={token}\n")
    write(folder / "README.md", "# Train\n")
    commit(folder, "Describe it")


@in_history("in an annotated tag's message")
def _(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    git(folder, "tag", "-a", "v1", "-m", f"Version 1\n\nReleased with HF_TOKEN={token}\n")


@in_history("in a note")
def _(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    git(folder, "notes", "add", "-m", f"trained with HF_TOKEN={token}")


@in_history("in an old version of a binary file, a safetensors file's metadata")
def _(folder, token):
    init(folder)
    for value in [token, "nothing"]:
        write(folder / "model.safetensors", safetensors(value))
        commit(folder, "Model")


@in_history("inside a zip, in an old version of it", holds="none")
def _(folder, token):
    init(folder)
    for value in [token, "nothing"]:
        write(folder / "project.zip", zipped(value))
        commit(folder, "Project")


@in_history("staged, not committed", command="staged", holds="both")
def _(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    write(folder / "train.py", source(token))
    git(folder, "add", "train.py")


@in_history("staged, and no longer in the file", command="staged")
def _(folder, token):
    init(folder)
    commit_source(folder, None, "Train")
    write(folder / "train.py", source(token))
    git(folder, "add", "train.py")
    write(folder / "train.py", source(None))
