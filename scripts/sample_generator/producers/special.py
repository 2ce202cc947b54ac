"""Producers that spoil a finished document: a scan, and fonts without /ToUnicode."""
import pathlib
import subprocess
import tempfile


def scan(doc, path, style, fonts="song", dpi=110):
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas
    from . import reportlab_
    with tempfile.TemporaryDirectory() as tmp:
        source = pathlib.Path(tmp) / "source.pdf"
        pages = reportlab_.produce(doc, source, style, fonts)
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", str(source), f"{tmp}/p"], check=True)
        c = canvas.Canvas(str(path), invariant=1)
        for i, file in enumerate(sorted(pathlib.Path(tmp).glob("p*.pgm"))):
            im = Image.open(file).rotate((-.3, .25, 0)[i % 3], resample=Image.BICUBIC, fillcolor=255).point(lambda v: 255 if v > 150 else 0).convert("1")
            w, h = im.width * 72 / dpi, im.height * 72 / dpi
            c.setPageSize((w, h))
            c.drawImage(ImageReader(im), 0, 0, w, h)
            c.showPage()
        c.save()
        import pikepdf
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:      # one bit a pixel, fax coding is not needed
            for obj in pdf.objects:
                if isinstance(obj, pikepdf.Stream) and obj.get("/Subtype") == "/Image" and obj.get("/BitsPerComponent") == 8:
                    raw = obj.read_bytes()
                    step = 3 if obj.ColorSpace == "/DeviceRGB" else 1
                    w, h = int(obj.Width), int(obj.Height)
                    one = Image.frombytes("L", (w, h), raw[::step]).convert("1")
                    obj.write(one.tobytes())
                    obj.BitsPerComponent, obj.ColorSpace = 1, pikepdf.Name.DeviceGray
            pdf.save(path, deterministic_id=True, recompress_flate=True)
    return pages


def stripped(doc, path, style, fonts="sans"):
    import pikepdf
    from . import fpdf2_
    pages = fpdf2_.produce(doc, path, style, fonts)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for obj in pdf.objects:
            if isinstance(obj, pikepdf.Dictionary) and "/ToUnicode" in obj:
                del obj["/ToUnicode"]
        pdf.remove_unreferenced_resources()
        pdf.save(path, deterministic_id=True)
    return pages
