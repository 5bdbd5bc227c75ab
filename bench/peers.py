"""One row of the table in docs/performance.md, as Python's packages answer it: python bench/peers.py ROW FILE

Prints the least time of several runs in seconds and the most memory that the process held, in megabytes.
"""

import sys
import time


def least(runs, work):
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def polars_csv(file):
    """Counts, sums, squares and products by school and group: the moments, in one streamed pass over the text."""
    import polars as pl

    columns = ["before", "age", "attendance", "after"]
    sums = [pl.len()] + [pl.col(c).sum().alias(c) for c in columns]
    sums += [
        (pl.col(a) * pl.col(b)).sum().alias(f"{a} {b}")
        for i, a in enumerate(columns)
        for b in columns[i:]
    ]
    work = pl.scan_csv(file).group_by("school", "group").agg(sums)
    return least(3, lambda: work.collect(engine="streaming"))


def duckdb_csv(file):
    """The same in SQL."""
    import duckdb

    columns = ["before", "age", "attendance", "after"]
    sums = ["count(*)"] + [f"sum({c})" for c in columns]
    sums += [f"sum({a} * {b})" for i, a in enumerate(columns) for b in columns[i:]]
    text = f"select school, \"group\", {', '.join(sums)} from read_csv('{file}') group by all"
    return least(3, lambda: duckdb.sql(text).fetchall())


def statsmodels_mixed(file):
    import pandas as pd
    import statsmodels.formula.api as smf

    d = pd.read_csv(file)
    model = smf.mixedlm("normexam ~ standLRT + C(sex)", d, groups=d["school"])
    return least(2, lambda: model.fit(reml=True))


def statsmodels_pool(file):
    import pandas as pd
    from statsmodels.stats.meta_analysis import combine_effects

    d = pd.read_csv(file)
    return least(5, lambda: combine_effects(d["effect"], d["variance"], method_re="iterated"))


ROWS = {
    "csv-polars": polars_csv,
    "csv-duckdb": duckdb_csv,
    "random-intercept-exam": statsmodels_mixed,
    "reml-1000": statsmodels_pool,
}

seconds = ROWS[sys.argv[1]](sys.argv[2])
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
print(f"{seconds:.6f} {peak:.0f}")
