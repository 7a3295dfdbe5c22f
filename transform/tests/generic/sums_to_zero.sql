{# The amounts of each group sum to zero. #}
{% test sums_to_zero(model, amount, by) %}

select
    {{ by | join(',\n    ') }},
    sum({{ amount }}) as difference
from {{ model }}
group by {{ by | join(', ') }}
having sum({{ amount }}) <> 0

{% endtest %}
