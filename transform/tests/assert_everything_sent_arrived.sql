{#
    All rows that the tap says it sent are in the raw tables, or were read again
    later.

    A loader that loses rows still exits with 0, so this test says what is
    missing and which command reads it again.
#}
{%- if execute and flags.WHICH in ('build', 'test') -%}
    {%- for row in run_query(
        'select stream_name, sync_id, sent_key_count, missing_key_count,'
        ~ ' reread_command, finding from '
        ~ ref('loop_returns', 'rpt_sync_reconciliation')
        ~ " where finding in ('short', 'no audit', 'lost')"
        ~ ' order by sync_id, stream_name'
    ).rows -%}
        {%- if row[5] == 'lost' -%}
            {%- set told = 'rows of sync ' ~ row[1] ~ ' or of the sync before it'
                ~ ' are gone: the raw tables were lost or restored from an older'
                ~ ' copy. Read everything again' -%}
        {%- elif row[2] is none -%}
            {%- set told = 'the audit of sync ' ~ row[1] ~ ' is missing: either'
                ~ ' the sync broke off, and the next one ends it, or the audit'
                ~ ' was lost, and perhaps rows with it. Then read all again' -%}
        {%- else -%}
            {%- set told = row[3] ~ ' of ' ~ row[2] ~ ' keys that sync '
                ~ row[1] ~ ' sent did not arrive. Read them again' -%}
        {%- endif -%}
        {%- do log(row[0] ~ ': ' ~ told ~ ' with: ' ~ row[4], info=true) -%}
    {%- endfor -%}
{%- endif %}

select
    stream_name,
    sync_id,
    created_from,
    created_to,
    updated_from,
    updated_to,
    missing_key_count,
    reread_command
from {{ ref('loop_returns', 'rpt_sync_reconciliation') }}
where finding in ('short', 'no audit', 'lost')
