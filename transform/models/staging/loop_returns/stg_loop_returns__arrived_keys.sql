{%- set streams = [
    'returns', 'return_line_items', 'return_exchanges', 'return_outcomes',
    'return_reasons', 'return_labels', 'return_refunds', 'return_details',
    'return_notes', 'advanced_shipping_notices', 'destinations',
    'blocklist_items', 'allowlist_items', 'label_requests',
    'happy_returns_shipments', 'happy_returns_shipment_items', 'webhooks',
] -%}

with newest_rows as (
    {% for stream in streams -%}
    select
        '{{ stream }}' as stream_name,
        {{ raw_text('sync_id') }} as sync_id
    from (
        {{ raw_rows('loop_returns', stream) }}
    ) as {{ stream }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

counted as (
    select
        stream_name,
        sync_id,
        count(*) as key_count
    from newest_rows
    where sync_id is not null
    group by stream_name, sync_id
)

select *
from counted
