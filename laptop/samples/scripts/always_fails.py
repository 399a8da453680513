"""Fails whenever it is run, with Python's own words for why."""

rows = {"orders": 100_000}

print("looking for customers")
print(rows["customers"])
