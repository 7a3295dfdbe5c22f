"""Runs a query with the Python of the plugin dbt-postgres, which has psycopg2."""

import contextlib
import pickle
import sys

import psycopg2

with contextlib.closing(psycopg2.connect("")) as connection:
    # CREATE DATABASE cannot run in a transaction.
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(sys.argv[1])
    rows = cursor.fetchall() if cursor.description else []
sys.stdout.buffer.write(pickle.dumps(rows))
