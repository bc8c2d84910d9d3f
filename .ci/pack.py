"""Packs a folder as .tar.gz, the same bytes for the same files on every system.

pack.py FOLDER ARCHIVE TIME: sorted names, one time, no owners, and modes that do not
depend on the file system. The tars of the three systems have no options for that in
common.
"""

import gzip
import pathlib
import sys
import tarfile


def plain(entry: tarfile.TarInfo, time: int) -> tarfile.TarInfo:
    runs = entry.isdir() or entry.name.endswith(("/hfleaks", "/hfleaks.exe"))
    entry.mode = 0o755 if runs else 0o644
    entry.mtime = time
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def main() -> None:
    folder, archive, time = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with (
        open(archive, "wb") as file,
        # A name or a time in the header of gzip would make it another file.
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            name = path.relative_to(folder.parent).as_posix()
            entry = plain(tar.gettarinfo(path, name), time)
            if entry.isfile():
                with path.open("rb") as content:
                    tar.addfile(entry, content)
            else:
                tar.addfile(entry)


main()
