"""Answers a query; run by the Python of dbt-postgres, which has a driver."""

import pickle
import sys

import psycopg2

with psycopg2.connect("") as connection, connection.cursor() as cursor:
    cursor.execute(sys.argv[1])
    rows = cursor.fetchall() if cursor.description else []
sys.stdout.buffer.write(pickle.dumps(rows))
