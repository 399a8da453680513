"""Counts, tells what it was told, and leaves a small result in HDFS."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

RESULT = "/my_project/results/even_and_odd"

spark = SparkSession.builder.getOrCreate()
print("arguments:", sys.argv[1:])

numbers = spark.range(1, 100_001).withColumn("kind", f.when(f.col("id") % 2 == 0, "even").otherwise("odd"))
sums = numbers.groupBy("kind").agg(f.count("*").alias("numbers"), f.sum("id").alias("sum")).orderBy("kind")
sums.show()
sums.coalesce(1).write.mode("overwrite").json(RESULT)
print("written to", RESULT)
