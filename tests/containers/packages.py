"""Packages, documents and images of containers: archives by other names."""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import zipapp

import docx
import openpyxl

from case import Family, Found, settings, write
from packing import tar_of, zipped, zstd

PACKAGES = Family("Packages, documents, images of containers")


@PACKAGES.case("wheel", Found("demo-1.0-py3-none-any.whl!demo/settings.py", line=3))
def _(folder, token):
    write(folder / "tree/demo/settings.py", settings(token))
    write(
        folder / "tree/demo-1.0.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
    )
    write(
        folder / "tree/demo-1.0.dist-info/WHEEL",
        "Wheel-Version: 1.0\nGenerator: demo\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    )
    pack = [sys.executable, "-m", "wheel", "pack", "tree", "--dest-dir", "."]
    subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(folder / "tree")


@PACKAGES.case("jar", Found("app.jar!config.properties", line=3))
def _(folder, token):
    manifest = "Manifest-Version: 1.0\r\n\r\n"
    write(
        folder / "app.jar",
        zipped({"META-INF/MANIFEST.MF": manifest, "config.properties": settings(token)}),
    )


@PACKAGES.case("zipapp", Found("app.pyz!settings.py", line=3))
def _(folder, token):
    write(folder / "app/settings.py", settings(token))
    write(folder / "app/__main__.py", "import settings\n")
    zipapp.create_archive(
        folder / "app", folder / "app.pyz", "/usr/bin/env python3", compressed=True
    )
    shutil.rmtree(folder / "app")


@PACKAGES.case("docx", "report.docx!word/document.xml")
def _(folder, token):
    document = docx.Document()
    document.add_paragraph(f"The token is {token}.")
    document.save(folder / "report.docx")


@PACKAGES.case("xlsx", "book.xlsx!xl/*")
def _(folder, token):
    book = openpyxl.Workbook()
    book.active.append(["HF_TOKEN", token])
    book.save(folder / "book.xlsx")


for pack in ["gzip", "xz", "zstd", "none"]:

    @PACKAGES.case(
        f"deb, {pack}",
        Found("app.deb!data.tar*etc/app/.env", line=3),
        visible=pack == "none",
        needs="dpkg-deb",
    )
    def _(folder, token, pack=pack):
        tree = folder / "tree"
        write(tree / "etc/app/.env", settings(token))
        write(
            tree / "DEBIAN/control",
            "Package: app\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: app\n",
        )
        build = ["dpkg-deb", f"-Z{pack}", "--root-owner-group", "--build", "tree", "app.deb"]
        subprocess.run(build, cwd=folder, check=True, capture_output=True)
        shutil.rmtree(tree)


@PACKAGES.case("conda", Found("app-1-0.conda!pkg-app-1-0.tar.zst!pkg-app-1-0.tar!etc/.env", line=3))
def _(folder, token):
    members = {
        "metadata.json": '{"conda_pkg_format_version": 2}',
        "pkg-app-1-0.tar.zst": zstd(tar_of({"etc/.env": settings(token)})),
        "info-app-1-0.tar.zst": zstd(tar_of({"info/index.json": "{}"})),
    }
    write(folder / "app-1-0.conda", zipped(members, 0))


def name_of(content):
    return hashlib.sha256(content).hexdigest()


def configuration(token):
    """What `docker build` keeps of `ENV` and `RUN`."""
    history = [
        {"created_by": "ENV A=b"},
        {"created_by": f"RUN |1 HF_TOKEN={token} /bin/sh -c make"},
    ]
    return json.dumps({"config": {"Env": ["PATH=/bin"]}, "history": history}).encode()


@PACKAGES.case(
    "docker save: a layer, and the history",
    Found("image.tar!*/layer.tar!app/.env", line=3),
    "image.tar!*.json",
    visible=True,
)
def _(folder, layered, told):
    layer, config = tar_of({"app/.env": settings(layered)}), configuration(told)
    layers = [f"{name_of(layer)}/layer.tar"]
    manifest = [{"Config": f"{name_of(config)}.json", "RepoTags": ["app:1"], "Layers": layers}]
    members = {
        f"{name_of(config)}.json": config,
        layers[0]: layer,
        "manifest.json": json.dumps(manifest),
    }
    write(folder / "image.tar", tar_of(members))


def image(layer, config, media):
    """An image in the layout of OCI, in files by name."""
    blobs = {f"blobs/sha256/{name_of(content)}": content for content in [layer, config]}
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "config": {
                "digest": f"sha256:{name_of(config)}",
                "size": len(config),
                "mediaType": "application/vnd.oci.image.config.v1+json",
            },
            "layers": [
                {"digest": f"sha256:{name_of(layer)}", "size": len(layer), "mediaType": media}
            ],
        }
    ).encode()
    index = {
        "schemaVersion": 2,
        "manifests": [{"digest": f"sha256:{name_of(manifest)}", "size": len(manifest)}],
    }
    return {
        "oci-layout": '{"imageLayoutVersion": "1.0.0"}',
        "index.json": json.dumps(index),
        f"blobs/sha256/{name_of(manifest)}": manifest,
        **blobs,
    }


for pack_name, pack in {"gzip": gzip.compress, "zstd": zstd}.items():

    @PACKAGES.case(
        f"OCI, a tar: a layer in {pack_name}, and the history",
        Found("image.tar!blobs/sha256/*!app/.env", line=3),
        "image.tar!blobs/sha256/*",
        visible=True,
    )
    def _(folder, layered, told, pack=pack, pack_name=pack_name):
        layer = pack(tar_of({"app/.env": settings(layered)}))
        media = f"application/vnd.oci.image.layer.v1.tar+{pack_name}"
        write(folder / "image.tar", tar_of(image(layer, configuration(told), media)))

    @PACKAGES.case(
        f"OCI, a folder: a layer in {pack_name}", Found("blobs/sha256/*!app/.env", line=3)
    )
    def _(folder, token, pack=pack, pack_name=pack_name):
        layer = pack(tar_of({"app/.env": settings(token)}))
        media = f"application/vnd.oci.image.layer.v1.tar+{pack_name}"
        for name, content in image(layer, b"{}", media).items():
            write(folder / name, content)
