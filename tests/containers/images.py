"""Pictures and documents to print."""

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from case import Family, settings

IMAGES = Family("Pictures and PDF")


def png(title, add, visible=False):
    """A case of a picture; the function adds a text to it."""

    @IMAGES.case(f"PNG, {title}", "plot.png*" if visible else "plot.png!*", visible=visible)
    def _(folder, token):
        text = PngInfo()
        add(text, settings(token))
        Image.new("RGB", (64, 64), "red").save(folder / "plot.png", pnginfo=text)


png("tEXt", lambda text, value: text.add_text("parameters", value), visible=True)
png("zTXt", lambda text, value: text.add_text("parameters", value, zip=True))
png("iTXt", lambda text, value: text.add_itxt("parameters", value), visible=True)
png("iTXt, compressed", lambda text, value: text.add_itxt("parameters", value, zip=True))


def pdf(title, fill, compress=True, ascii85=False, visible=False):
    @IMAGES.case(f"PDF, {title}", "report.pdf*" if visible else "report.pdf!*", visible=visible)
    def _(folder, token):
        rl_config.useA85 = int(ascii85)
        canvas = Canvas(str(folder / "report.pdf"), pageCompression=int(compress), invariant=1)
        fill(canvas, token)
        canvas.save()


def on_third_page(canvas, token):
    for page in ["Training", "Loss", f"login('{token}')"]:
        canvas.drawString(72, 720, page)
        canvas.showPage()


pdf("a page", on_third_page)
pdf("a page, ASCII85 around it", on_third_page, ascii85=True)
pdf("a page, not compressed", on_third_page, compress=False, visible=True)
pdf("its title", lambda canvas, token: canvas.setTitle(f"Token {token}"), visible=True)
