select
    value_text,
    {{ to_money('value_text') }} as money,
    cast({{ to_timestamp('value_text') }} as {{ dbt.type_string() }}) as moment
from (
    {%- for text in [
        '12.5', ' 7 ', '-0.005', '1.23456', '.5', '5.', '1e-3', '99999999999999',
        '', 'x', '1,000', '12abc',
        '2025-01-31', '2025-01-31T10:00', '2025-01-31T10:00:00',
        '2025-01-31T23:59:59Z', '2025-01-31T23:30:00-05:00',
        '2025-01-31 10:00:00.123456+02:00', '2024-02-29T00:00:00Z',
        '2025-02-29', '2025-13-01', '2025-01-32T00:00:00Z',
        '2025-01-31T25:00:00Z', 'yesterday',
    ] %}
    select '{{ text }}' as value_text{{ ' union all' if not loop.last }}
    {%- endfor %}
) as texts
