"""Files that Python and machine learning keep values in."""

import io
import pickle
import random
import zipfile
import zlib

import gguf
import google_crc32c
import h5py
import joblib
import numpy
import onnx
import safetensors.numpy
import tensorboardX

from case import Family, Found, write

MODELS = Family("Models and arrays")


def arguments(token):
    """What `transformers` saves of its arguments."""
    return {"output_dir": "out", "hub_token": token, "fp16": True, "seed": 42}


for protocol in range(6):

    @MODELS.case(f"pickle, protocol {protocol}", "arguments.pkl*", visible=True)
    def _(folder, token, protocol=protocol):
        write(folder / "arguments.pkl", pickle.dumps(arguments(token), protocol))


def torch_file(token, name):
    """What `torch.save` writes: a zip that stores a pickle of protocol 2."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(f"{name}/data.pkl", pickle.dumps(arguments(token), 2))
        archive.writestr(f"{name}/byteorder", "little")
        archive.writestr(f"{name}/data/0", random.Random(1).randbytes(4096))
        archive.writestr(f"{name}/version", "3\n")
    return content.getvalue()


for name in ["model.pt", "pytorch_model.bin", "training_args.bin"]:

    @MODELS.case(f"torch, `{name}`", f"{name}!archive/data.pkl*", visible=True)
    def _(folder, token, name=name):
        write(folder / name, torch_file(token, "archive"))


for pack in [0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3), ("lz4", 3)]:
    visible = pack == 0

    @MODELS.case(
        f"joblib, {pack[0] if pack else 'not compressed'}",
        "model.joblib*" if visible else "model.joblib!*",
        visible=visible,
    )
    def _(folder, token, pack=pack):
        value = {"was": [token[:20], token[20:]], **arguments(token), "weights": numpy.arange(50.0)}
        joblib.dump(value, folder / "model.joblib", compress=pack)


def texts(token):
    """Strings of one length, so that an array of bytes glues them together."""
    return ["abcdefghijklmnopqrstuvwxyzabcdefghijk", token, "ZYXWVUTSRQPONMLKJIHGFEDCBAZYXWVUTSRQP"]


def array(title, name, path, dtype, visible, decoded=None, row=None):
    within = row and {"row": row}

    @MODELS.case(title, Found(path, decoded=decoded, within=within), visible=visible)
    def _(folder, token):
        numpy.save(folder / name, numpy.array(texts(token), dtype=dtype))


array("npy, characters (UTF-32)", "texts.npy", "texts.npy*", "U", False)
array("npy, characters, big-endian", "texts.npy", "texts.npy*", ">U37", False)
array("npy, wide characters", "texts.npy", "texts.npy*", "<U64", False)
array("npy, bytes, glued", "texts.npy", "texts.npy*", "S", True)
array("npy, bytes, padded", "texts.npy", "texts.npy*", "S64", True)
array("npy, objects (a pickle)", "texts.npy", "texts.npy*", object, True)


for title, dtype in {"characters": "U", "bytes, glued": "S", "objects": object}.items():

    @MODELS.case(f"npz, compressed, {title}", "data.npz!texts.npy*")
    def _(folder, token, dtype=dtype):
        numpy.savez_compressed(
            folder / "data.npz", ids=numpy.arange(9), texts=numpy.array(texts(token), dtype=dtype)
        )


@MODELS.case("npz, stored, characters", "data.npz!texts.npy*")
def _(folder, token):
    numpy.savez(folder / "data.npz", texts=numpy.array(texts(token)))


@MODELS.case("safetensors, metadata", "model.safetensors*", visible=True)
def _(folder, token):
    metadata = {"format": "pt", "hub_token": token}
    safetensors.numpy.save_file(
        {"a": numpy.zeros(64, "f4")}, folder / "model.safetensors", metadata
    )


@MODELS.case(
    "GGUF, a string and strings in a list, glued",
    "model.gguf*",
    "model.gguf*",
    "model.gguf*",
    visible=True,
)
def _(folder, single, listed, last):
    writer = gguf.GGUFWriter(folder / "model.gguf", "llama")
    writer.add_string("general.hub_token", single)
    # The length of the next string, 97, is an `a` right behind the token.
    writer.add_array(
        "tokenizer.ggml.tokens", ["a prompt", listed, "x " * 48 + "x", last, "y " * 45]
    )
    writer.add_tensor("weights", numpy.zeros(32, "f4"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@MODELS.case("ONNX, metadata and documentation", "model.onnx*", "model.onnx*", visible=True)
def _(folder, first, second):
    number = onnx.TensorProto.FLOAT
    value = [onnx.helper.make_tensor_value_info(name, number, [1]) for name in "xy"]
    node = onnx.helper.make_node("Relu", ["x"], ["y"], doc_string=second)
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "g", value[:1], value[1:]))
    onnx.helper.set_model_props(model, {"hub_token": first, "b": "2"})
    onnx.save(model, folder / "model.onnx")


def hdf5(title, visible=False, path="weights.h5!*", libver="earliest"):
    """A case of a file that a function fills."""

    def register(make):
        @MODELS.case(f"HDF5, {title}", path, visible=visible)
        def _(folder, token):
            with h5py.File(folder / "weights.h5", "w", libver=libver) as file:
                make(file, token)

        return make

    return register


def many(token):
    """Rows of bytes, the token among them, and its halves before."""
    rows = [f"a prompt, number {row}" for row in range(300)]
    rows[100:102] = [token[:20], token[20:]]
    rows[200] = token
    return numpy.array(rows, "S48")


@hdf5("an attribute", True, "weights.h5*")
def _(file, token):
    file.attrs["hub_token"] = token


@hdf5("an attribute of bytes", True, "weights.h5*")
def _(file, token):
    file.create_group("model").attrs["hub_token"] = numpy.bytes_(token)


@hdf5("strings of any length", True, "weights.h5*")
def _(file, token):
    file.create_dataset("texts", data=texts(token), dtype=h5py.string_dtype())


@hdf5("strings of one length, contiguous, glued", True, "weights.h5*")
def _(file, token):
    file.create_dataset("texts", data=numpy.array(texts(token), "S37"))


for version in ["earliest", "latest"]:

    @hdf5(f"chunks in gzip, {version}", libver=version)
    def _(file, token):
        file.create_dataset("texts", data=many(token), chunks=(64,), compression="gzip")

    @hdf5(f"chunks shuffled and in gzip, {version}", libver=version)
    def _(file, token):
        file.create_dataset(
            "texts", data=many(token), chunks=(64,), compression="gzip", shuffle=True
        )

    @hdf5(f"chunks in gzip, with checksums, may grow, {version}", libver=version)
    def _(file, token):
        options = {"chunks": (64,), "compression": "gzip", "fletcher32": True, "maxshape": (None,)}
        file.create_group("a/b").create_dataset("texts", data=many(token), **options)


@hdf5("chunks shuffled and not compressed")
def _(file, token):
    file.create_dataset("texts", data=many(token), chunks=(64,), shuffle=True)


@hdf5("one chunk in gzip, latest", libver="latest")
def _(file, token):
    file.create_dataset("texts", data=many(token), chunks=(300,), compression="gzip")


@hdf5("a field of a compound, chunks in gzip")
def _(file, token):
    rows = numpy.zeros(300, [("id", "i4"), ("text", "S48")])
    rows["text"] = many(token)
    file.create_dataset("rows", data=rows, chunks=(64,), compression="gzip")


def masked(content):
    """TFRecord's checksum of checksums."""
    crc = google_crc32c.value(content)
    return (((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF).to_bytes(4, "little")


def tfrecord(records):
    lengths = [len(record).to_bytes(8, "little") for record in records]
    return b"".join(
        length + masked(length) + record + masked(record)
        for length, record in zip(lengths, records)
    )


def example(token):
    """A `tf.train.Example` with one feature of bytes, as protobuf writes it."""

    def field(number, content):
        return bytes([number << 3 | 2, len(content)]) + content

    value = field(1, field(1, token))
    return field(1, field(1, field(1, b"text") + field(2, value)))


@MODELS.case("TFRecord", "train.tfrecord*", visible=True)
def _(folder, token):
    records = [*map(example, [b"a prompt", token.encode(), b"another"])]
    write(folder / "train.tfrecord", tfrecord(records))


for title, name, wbits in [("gzip", "train.tfrecord.gz", 31), ("zlib", "train.tfrecord", 15)]:

    @MODELS.case(f"TFRecord in {title}", f"{name}!*")
    def _(folder, token, name=name, wbits=wbits):
        packer = zlib.compressobj(wbits=wbits)
        content = tfrecord([example(text.encode()) for text in [token[:20], token[20:], token]])
        write(folder / name, packer.compress(content) + packer.flush())


@MODELS.case("events of TensorBoard", "events.out.tfevents.*", visible=True)
def _(folder, token):
    writer = tensorboardX.SummaryWriter(str(folder))
    writer.add_text("arguments", f"hub_token: {token}")
    writer.add_scalar("loss", 0.5)
    writer.close()
