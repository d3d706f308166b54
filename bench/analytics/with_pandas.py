"""The same as ticklake.ts with pandas, a file at a time, as the seeds of this project did. `with_pandas.py FOLDER`"""
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

started = time.perf_counter()
ticks = pd.concat(pd.read_json(path, lines=True) for path in sorted(Path(sys.argv[1]).rglob("*.ndjson")))
ticks = ticks.drop_duplicates(["generation", "partition", "sequence_number"]).drop_duplicates("id")
ticks["time"] = pd.to_datetime(ticks["time"])
ticks = ticks.sort_values(["symbol", "time", "sequence_number", "id"]).reset_index(drop=True)
loaded = time.perf_counter()

price = ticks.groupby(["symbol", pd.Grouper(key="time", freq="1min")]).price.last().dropna()
bars = price.reset_index()
by_symbol = bars.groupby("symbol").price
hours = ticks.groupby(["symbol", pd.Grouper(key="time", freq="1H")])
hourly = hours.price.agg(["count", "first", "max", "min", "last", "mean"])
hourly["volume"] = hours["size"].sum()
results = [
    hourly.reset_index(),
    bars.assign(average=by_symbol.transform(lambda p: p.rolling(5, min_periods=1).mean())),
    bars.assign(change=100 * by_symbol.pct_change()),
    bars.assign(deviation=by_symbol.transform(lambda p: p.rolling(5, min_periods=2, center=True).std())),
    bars.assign(score=by_symbol.transform(lambda p: (p - p.mean()) / p.std())),
]
for result in results:
    with tempfile.TemporaryFile("w") as csv:
        result.to_csv(csv, index=False)
print(json.dumps({
    "ticks": len(ticks), "loadSeconds": loaded - started, "analysesSeconds": time.perf_counter() - loaded,
    "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
}))
