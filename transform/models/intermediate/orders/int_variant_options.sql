{#- Shopify joins at most three options into a variant's title. -#}
{%- set places = [1, 2, 3] -%}
{#- Letter or word sizes, and numbers with or without a unit; two of them can be
    joined: S/M, 3-6 months, 32W x 34L. Cups. -#}
{%- set word -%}
(?:one size(?: fits all)?|osfa|free size|o/?s|x*[sl]|m|[0-9]x[sl]?|(?:x-?)*(?:small|large)|medium)
{%- endset -%}
{%- set number -%}
[0-9]+(?:[.,][0-9]+)?(?: ?(?:cm|mm|ml|l|g|kg|oz|in|eu|uk|us|w|t|yrs?|years?|y|months?|mos?|m))?
{%- endset -%}
{%- set size_pattern -%}
^({{ word }}(?: ?[/-] ?{{ word }})?|(?:(?:eu|uk|us|w) ?)?{{ number }}(?: ?[xl/-] ?{{ number }})?|[0-9]+[a-k]+)$
{%- endset -%}

with variants as (
    select
        variant_id,
        variant_title
    from {{ ref('loop_returns', 'stg_product_variants') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
    where variant_id is not null and variant_title is not null
),

mappings as (
    select *
    from {{ ref('variant_option_mappings') }}
),

-- The title of a deleted variant is taken from its order lines.
titled as (
    select
        variant_id,
        max(variant_title) as variant_title
    from variants
    group by variant_id
    union all
    select
        variant_id,
        max(variant_title) as variant_title
    from order_lines
    where variant_id not in (select variants.variant_id from variants)
    group by variant_id
),

split as (
    {% for place in places -%}
    select
        variant_id,
        {{ place }} as place,
        nullif(trim({{ dbt.split_part(
            'variant_title', "' / '", place
        ) }}), '') as option_value
    from titled
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

named as (
    select
        split.variant_id,
        split.place,
        split.option_value,
        case
            when mappings.option_name is not null then mappings.option_name
            when
                {{ regexp_part('lower(split.option_value)', size_pattern) }}
                is not null
                then 'size'
            else 'colour'
        end as option_name
    from split
    left join mappings
        on lower(split.option_value) = lower(mappings.option_text)
    where
        split.option_value is not null
        and lower(split.option_value) <> 'default title'
),

ranked as (
    select
        *,
        row_number() over (
            partition by variant_id, option_name
            order by place
        ) as position
    from named
),

final as (
    select
        variant_id,
        max(case when option_name = 'size' then option_value end) as size,
        max(case when option_name = 'colour' then option_value end) as colour
    from ranked
    where position = 1
    group by variant_id
)

select *
from final
