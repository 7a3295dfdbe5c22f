"""Runs a query with the Python of dbt-bigquery, which has a client."""

import pickle
import sys

from google.cloud import bigquery

rows = bigquery.Client(project="shop").query_and_wait(sys.argv[1])
sys.stdout.buffer.write(pickle.dumps([row.values() for row in rows]))
