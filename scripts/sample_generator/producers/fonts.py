"""Free fonts of the system, found at run time."""
import functools
import subprocess


@functools.lru_cache(None)
def find(*names):
    """(path, index of the face) of the first family that fontconfig really has."""
    for name in names:
        out = subprocess.run(["fc-match", "-f", "%{family}|%{file}|%{index}", name], capture_output=True, text=True).stdout
        family, file, index = out.split("|")
        if name.lower() in family.lower():
            return file, int(index)
    raise SystemExit(f"no font among {names}: apt-get install fonts-wqy-zenhei fonts-arphic-uming fonts-arphic-ukai")


def sans():
    return find("WenQuanYi Zen Hei", "Noto Sans CJK SC")


def alt():
    return find("AR PL UKai CN", "WenQuanYi Zen Hei")


def song():
    return find("AR PL UMing CN", "WenQuanYi Zen Hei")
