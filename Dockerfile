# Runs the pipeline once and ends with its exit code; see docs/running.md.
FROM python:3.11-slim-bookworm

RUN useradd --create-home --uid 1000 loop \
    && install --directory --owner loop /srv/loop /srv/loop/output
USER 1000
WORKDIR /srv/loop
ENV PATH=/home/loop/meltano/bin:$PATH \
    DO_NOT_TRACK=1 \
    MELTANO_SEND_ANONYMOUS_USAGE_STATS=false \
    MELTANO_ENVIRONMENT=local \
    # With the warehouse, on the volume; see docs/running.md for a bucket or a database.
    MELTANO_STATE_BACKEND_URI=file:///srv/loop/output/state

COPY --chown=1000 requirements.lock .
RUN python -m venv /home/loop/meltano \
    && pip install --no-cache-dir uv==0.13.9 \
    && uv pip install --no-cache --python /home/loop/meltano --constraint requirements.lock \
        meltano==4.4.1

COPY --chown=1000 . .
RUN meltano install tap-loop-returns target-duckdb dbt-duckdb

VOLUME /srv/loop/output
ENTRYPOINT ["meltano", "--log-format", "json"]
CMD ["run", "load", "build", "report"]
