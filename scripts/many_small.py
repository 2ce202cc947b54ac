#!/usr/bin/env python3
"""Writes many small accounts (text, 2 kB, two years of each unit) into a folder: to see how memory grows with their number.

    scripts/many_small.py 10000 FOLDER
"""

import pathlib
import sys

BODY = """{year}年度
汀澜省云浦市第{unit}小学
单位决算

## 财政拨款“三公”经费支出决算表

公开09表

单位：汀澜省云浦市第{unit}小学

{year}年度

单位：万元

预算数\t\t\t\t\t\t决算数\t\t\t\t\t
合计\t因公出国（境）费\t公务用车购置及运行维护费\t\t\t公务接待费\t合计\t因公出国（境）费\t公务用车购置及运行维护费\t\t\t公务接待费
\t\t小计\t公务用车购置费\t公务用车运行维护费\t\t\t\t小计\t公务用车购置费\t公务用车运行维护费\t
1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12
{total}\t{travel}\t0.00\t0.00\t0.00\t0.89\t2.18\t1.46\t0.00\t0.00\t0.00\t0.72

# 第三部分　{year}年度单位决算情况说明

## **一、收入支出决算总体情况说明**

{year}年度收、支总计均为{sum}万元。较上一年度，收、支总计各减少39.47万元，下降4.19%，主要原因是在职人员退休调出。
"""


def main() -> None:
    number, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    for n in range(number):
        year, unit = 2021 + n % 2, n // 2
        travel = 2 + unit % 700
        text = BODY.format(
            year=year, unit=unit, travel=f"{travel}.13", total=f"{travel + 1}.02", sum=f"{900 + unit % 5000}.55"
        )
        # A thousand files a folder: more are slow to list on some disks.
        path = folder / f"{n // 1000}" / f"{n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
