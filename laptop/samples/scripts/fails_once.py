"""Fails at its first attempt and works at its second, as a job does whose source is late. Run it with one retry."""

import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
hadoop = spark._jvm.org.apache.hadoop.fs
files = hadoop.FileSystem.get(spark._jsc.hadoopConfiguration())
mark = hadoop.Path("/my_project/state/fails_once")

if not files.exists(mark):
    files.create(mark).close()
    print("the source is not there yet", file=sys.stderr)
    sys.exit(1)

files.delete(mark, False)
print("rows:", spark.range(1000).count())
