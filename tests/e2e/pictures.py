"""A pyte screen as a picture, and what a scanner reads on it."""

import os
import subprocess
import tempfile

from PIL import Image, ImageDraw, ImageFont, ImageOps

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono%s.ttf"
SIZE = 16
COLOURS = {"black": (0, 0, 0), "white": (229, 229, 229)}
DARK = ((208, 208, 208), (24, 24, 24))  # a terminal's own two colours
LIGHT = ((32, 32, 32), (255, 255, 255))


def picture(screen, own=DARK, reversed_colours=False):
    """As a terminal of those colours draws it."""
    fonts = {bold: ImageFont.truetype(FONT % ("-Bold" if bold else ""), SIZE)
             for bold in (False, True)}
    ascent, descent = fonts[False].getmetrics()
    w, h = round(fonts[False].getlength("M")), ascent + descent
    image = Image.new("RGB", (w * screen.columns, h * screen.lines), own[1])
    draw = ImageDraw.Draw(image)
    for y in range(screen.lines):
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            fg = COLOURS.get(cell.fg, own[0])
            bg = COLOURS.get(cell.bg, own[1])
            if cell.reverse:
                fg, bg = bg, fg
            draw.rectangle((x * w, y * h, x * w + w - 1, y * h + h - 1),
                           fill=bg)
            if cell.data.strip():
                draw.text((x * w, y * h), cell.data, fill=fg,
                          font=fonts[cell.bold])
    return ImageOps.invert(image) if reversed_colours else image


def scan(image):
    """The texts of the codes on it."""
    keep = os.environ.get("PORTAL_PICTURES")  # a folder to look at them
    with tempfile.NamedTemporaryFile(suffix=".png", dir=keep,
                                     delete=keep is None) as f:
        image.save(f.name)
        r = subprocess.run(["zbarimg", "-q", "--raw", f.name],
                           stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True)
    return r.stdout.split()
